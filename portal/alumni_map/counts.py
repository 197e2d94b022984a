"""Counts of people by city: exact for members as far as audiences allow, in cells of five and more for the public."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, Subquery, and_, cast, func, null, select, union_all

from portal.cities.countries import country_name
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import admits, of_listed
from portal.profiles.visibility import CityLabel

CELL_MIN = 5
PUBLIC_MAP_AUDIENCES = (Audience.ALUMNI, Audience.MEMBERS, Audience.PUBLIC)
TOWNS_PER_TILE = 60
TILE_ZOOM_MAX = 12
Centres = Callable[[Sequence[str]], dict[str, tuple[float, float]]]
CITY_COLUMNS: tuple[Any, ...] = (
    City.id,
    City.name,
    City.name_ru,
    City.country,
    City.country_code,
    City.lat,
    City.lng,
)
"""The columns of a city that a map needs, in the order of the fields of ``CityCount``."""


@dataclass(frozen=True, slots=True)
class CityCount(CityLabel):
    """A city with its position, and the number of people who live there and let the viewer know that."""

    lat: float
    lng: float
    people: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the public map: five or more people of one city, or of the smaller cities of one country.

    ``city`` is ``None`` for the cell of a country. ``is_rest``: larger cities of the country have cells of their own.
    """

    city: CityLabel | None
    country: str
    country_code: str
    lat: float
    lng: float
    people: int
    is_rest: bool = False

    def label(self, locale: str) -> str:
        """Return the name of the cell in the language of ``locale``: its city, its country or "Elsewhere in …"."""
        if self.city is not None:
            return self.city.label(locale)
        country = self.country_label(locale)
        return _("Elsewhere in %(country)s", country=country) if self.is_rest else country

    def full_label(self, locale: str) -> str:
        """Return the name of the cell in the language of ``locale``, for a city together with its country."""
        return self.city.full_label(locale) if self.city is not None else self.label(locale)

    def country_label(self, locale: str) -> str:
        """Return the name of the cell's country in the language of ``locale``."""
        return country_name(self.country_code, self.country, locale)


@dataclass(frozen=True, slots=True)
class PublicMap:
    """The numbers of the public map, in which each listed person is counted once.

    ``total`` is the sum of all ``cells`` and of ``elsewhere``, the people who are in no cell.
    """

    total: int
    cells: list[Cell]
    elsewhere: int


def city_counts(actor: Actor) -> list[CityCount]:
    """Return every city with listed people whose city the actor may see, and their number, most people first."""
    return _with_cities(people_by_city(actor, PeopleFilter(), SearchContext()))


def people_by_city(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> Subquery:
    """Return a subquery of the numbers of people of a filter by city, with the columns ``city_id`` and ``people``.

    All people whose city is missing or hidden from the actor are counted in one row whose ``city_id`` is NULL.
    """
    profiles = conditions.matching_profiles(actor, people_filter, conditions.name_match(people_filter, context))
    if context.home and people_filter.near:
        cities = conditions.cities_around(context.home, people_filter.near)
        profiles = profiles.join(cities, cities.c.id == City.id)
    is_visible = and_(Profile.city_id.is_not(None), admits(Profile.city_audience, actor))
    numbers = (func.count().filter(is_visible).label("visible"), func.count().label("everybody"))
    # By the bare column, which an index holds in order; the planner knows how many cities there are.
    counts = profiles.with_only_columns(Profile.city_id, *numbers).group_by(Profile.city_id).cte("counts")
    without_city = cast(func.coalesce(func.sum(counts.c.everybody - counts.c.visible), 0), Integer)
    visible = select(counts.c.city_id, counts.c.visible.label("people")).where(counts.c.visible > 0)
    return union_all(visible, select(null(), without_city)).subquery()


def totals(actor: Actor) -> tuple[int, int]:
    """Return the number of listed people whose city the actor may see, and the number of these cities."""
    counted = people_by_city(actor, PeopleFilter(), SearchContext())
    people = cast(func.coalesce(func.sum(counted.c.people), 0), Integer)
    statement = select(people, func.count()).where(counted.c.city_id.is_not(None))
    number, cities = db.session.execute(statement).one()
    return number, cities


def public_map() -> PublicMap:
    """Return the public map: all listed people, with cells of those who show their city to alumni or more people.

    No number in it, and no sum or difference of its numbers, stands for one to four people.
    """
    total = db.session.scalar(select(func.count()).select_from(Profile).where(of_listed())) or 0
    return group_into_cells(total, _with_cities(_shared_by_city()), country_centres)


def group_into_cells(total: int, cities: Sequence[CityCount], centres: Centres) -> PublicMap:
    """Group ``total`` people, some of them in ``cities``, into cells of at least ``CELL_MIN`` people and a rest.

    No cell, rest, sum or difference of them stands for one to four people; a total below ``CELL_MIN`` gives an empty
    map. Small cities are joined with others of their country; a rest that is too small takes in the smallest cells.
    ``centres`` returns the positions of the cells of countries, keyed by country code.
    """
    if total < CELL_MIN:
        return PublicMap(0, [], 0)
    cells = [_city_cell(city) for city in cities if city.people >= CELL_MIN]
    with_cities = {cell.country_code for cell in cells}
    cells += _country_cells([city for city in cities if city.people < CELL_MIN], with_cities, centres)
    cells.sort(key=lambda cell: (-cell.people, cell.country_code, cell.city.id if cell.city else 0))
    elsewhere = total - sum(cell.people for cell in cells)
    while 0 < elsewhere < CELL_MIN:
        elsewhere += cells.pop().people
    return PublicMap(total, cells, elsewhere)


def _shared_by_city() -> Subquery:
    """Return a subquery of the numbers of listed people by city, with the columns ``city_id`` and ``people``.

    Only people who show their city to all alumni or a wider audience are counted.
    """
    columns: tuple[Any, ...] = (Profile.city_id, func.count().label("people"))
    is_shared = Profile.city_audience.in_(PUBLIC_MAP_AUDIENCES)
    return select(*columns).where(of_listed(), is_shared).group_by(Profile.city_id).subquery()


def _with_cities(counts: Subquery) -> list[CityCount]:
    """Return the cities in a subquery with the columns ``city_id`` and ``people``, most people first.

    A row without a city is left out.
    """
    statement: Select[Any] = select(*CITY_COLUMNS, counts.c.people).join(counts, counts.c.city_id == City.id)
    return [CityCount(*row) for row in db.session.execute(statement.order_by(counts.c.people.desc(), City.id))]


def _city_cell(city: CityCount) -> Cell:
    return Cell(city, city.country, city.country_code, city.lat, city.lng, city.people)


def _country_cells(cities: Iterable[CityCount], with_cities: set[str], centres: Centres) -> list[Cell]:
    """Return one cell for each country whose small cities, given as ``cities``, have ``CELL_MIN`` people together.

    ``with_cities`` are the codes of the countries in which other cities have cells of their own.
    """
    by_country: dict[str, list[CityCount]] = defaultdict(list)
    for city in cities:
        by_country[city.country_code].append(city)
    counts = {code: sum(city.people for city in group) for code, group in by_country.items()}
    large = [code for code, people in counts.items() if people >= CELL_MIN]
    positions = centres(large)
    return [
        Cell(None, by_country[code][0].country, code, *positions[code], counts[code], is_rest=code in with_cities)
        for code in large
    ]


def country_centres(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the mean latitude and longitude of all cities of each country, keyed by country code.

    It does not depend on where people live, so it reveals nothing about them.
    """
    if not codes:
        return {}
    statement = select(City.country_code, func.avg(City.lat), func.avg(City.lng)).group_by(City.country_code)
    rows = db.session.execute(statement.where(City.country_code.in_(codes)))
    return {code: (round(lat, 2), round(lng, 2)) for code, lat, lng in rows}


@dataclass(frozen=True, slots=True)
class Town:
    """A city whose name the map draws, with its position and population."""

    id: int
    name: str
    name_ru: str | None
    lat: float
    lng: float
    population: int

    def to_json(self, locale: str) -> dict[str, object]:
        """Return the town as a JSON object with the keys ``id``, ``name``, ``lat``, ``lng`` and ``population``.

        The name is Russian if ``locale`` is ``ru`` and a Russian name is known, else English.
        """
        name = self.name_ru or self.name if locale == "ru" else self.name
        return {"id": self.id, "name": name, "lat": self.lat, "lng": self.lng, "population": self.population}


def towns(z: int, x: int, y: int) -> list[Town]:
    """Return the ``TOWNS_PER_TILE`` largest cities in one tile of the Mercator map, largest first.

    At zoom ``z`` the map has ``2**z`` tiles along each side; ``x`` counts from the west, ``y`` from the north. Raise
    ``Invalid`` (``no_such_tile``) for a tile outside the map or a zoom above ``TILE_ZOOM_MAX``.
    """
    if not 0 <= z <= TILE_ZOOM_MAX or not 0 <= x < 2**z or not 0 <= y < 2**z:
        raise Invalid("no_such_tile", _("This part of the map does not exist."))
    west, east = (360 * edge / 2**z - 180 for edge in (x, x + 1))
    north, south = (_latitude(edge / 2**z) for edge in (y, y + 1))
    statement = (
        select(City.id, City.name, City.name_ru, City.lat, City.lng, City.population)
        .where(City.lng >= west, City.lng < east, City.lat > south, City.lat <= north)
        .order_by(City.population.desc(), City.id)
        .limit(TOWNS_PER_TILE)
    )
    return [Town(*row) for row in db.session.execute(statement)]


def _latitude(position: float) -> float:
    """Return the latitude in degrees at a share (0 to 1) of the height of the Mercator map, counted from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * position))))
