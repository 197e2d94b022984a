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
"""What a map needs of a city, in the order of the fields of ``CityCount``."""


@dataclass(frozen=True, slots=True)
class CityCount(CityLabel):
    """A city, and how many people live there whose city the viewer may see."""

    lat: float
    lng: float
    people: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Five or more people of one city, or of the smaller cities of a country (``city`` is ``None``).

    ``is_rest``: larger cities of the same country have cells of their own.
    """

    city: CityLabel | None
    country: str
    country_code: str
    lat: float
    lng: float
    people: int
    is_rest: bool = False

    def label(self, locale: str) -> str:
        """Return the name of the cell in the language of ``locale``."""
        if self.city is not None:
            return self.city.label(locale)
        country = self.country_label(locale)
        return _("Elsewhere in %(country)s", country=country) if self.is_rest else country

    def full_label(self, locale: str) -> str:
        """Return the name of the cell with its country, in the language of ``locale``."""
        return self.city.full_label(locale) if self.city is not None else self.label(locale)

    def country_label(self, locale: str) -> str:
        """Return the name of the country in the language of ``locale``."""
        return country_name(self.country_code, self.country, locale)


@dataclass(frozen=True, slots=True)
class PublicMap:
    """Everybody, each person counted once: ``total`` is the sum of the cells and of ``elsewhere``."""

    total: int
    cells: list[Cell]
    elsewhere: int


def city_counts(actor: Actor) -> list[CityCount]:
    """Return the cities of people whose city the actor may see, most people first."""
    return _with_cities(people_by_city(actor, PeopleFilter(), SearchContext()))


def people_by_city(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> Subquery:
    """Return how many people of the filter live in which city: ``city_id``, ``people``.

    People whose city the actor may not see are counted in one row without a city.
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
    """Return how many people live in how many cities, as far as the actor may see their city."""
    counted = people_by_city(actor, PeopleFilter(), SearchContext())
    people = cast(func.coalesce(func.sum(counted.c.people), 0), Integer)
    statement = select(people, func.count()).where(counted.c.city_id.is_not(None))
    number, cities = db.session.execute(statement).one()
    return number, cities


def public_map() -> PublicMap:
    """Return the public map: no cell, rest or difference of them stands for one to four people."""
    total = db.session.scalar(select(func.count()).select_from(Profile).where(of_listed())) or 0
    return group_into_cells(total, _with_cities(_shared_by_city()), country_centres)


def group_into_cells(total: int, cities: Sequence[CityCount], centres: Centres) -> PublicMap:
    """Divide ``total`` people, some of whom live in ``cities``, into cells of at least ``CELL_MIN`` people.

    Cells and the rest are disjoint, each empty or large enough; so is every sum and difference of the published
    numbers. Small cities are joined with others of their country; a rest that is too small takes in the smallest
    cells. ``centres`` returns where to draw the cells of countries.
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
    """Return how many people of each city show it to an audience wide enough for the public map."""
    columns: tuple[Any, ...] = (Profile.city_id, func.count().label("people"))
    is_shared = Profile.city_audience.in_(PUBLIC_MAP_AUDIENCES)
    return select(*columns).where(of_listed(), is_shared).group_by(Profile.city_id).subquery()


def _with_cities(counts: Subquery) -> list[CityCount]:
    """Return the counted cities, most people first."""
    statement: Select[Any] = select(*CITY_COLUMNS, counts.c.people).join(counts, counts.c.city_id == City.id)
    return [CityCount(*row) for row in db.session.execute(statement.order_by(counts.c.people.desc(), City.id))]


def _city_cell(city: CityCount) -> Cell:
    return Cell(city, city.country, city.country_code, city.lat, city.lng, city.people)


def _country_cells(cities: Iterable[CityCount], with_cities: set[str], centres: Centres) -> list[Cell]:
    """Return one cell for each country with enough people in its small cities."""
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
    """Return the mean position of all cities of each country; it does not depend on where people live."""
    if not codes:
        return {}
    statement = select(City.country_code, func.avg(City.lat), func.avg(City.lng)).group_by(City.country_code)
    rows = db.session.execute(statement.where(City.country_code.in_(codes)))
    return {code: (round(lat, 2), round(lng, 2)) for code, lat, lng in rows}


@dataclass(frozen=True, slots=True)
class Town:
    """A city whose name the map draws."""

    id: int
    name: str
    name_ru: str | None
    lat: float
    lng: float
    population: int

    def to_json(self, locale: str) -> dict[str, object]:
        """Return what the map draws, with the name in the language of ``locale``."""
        name = self.name_ru or self.name if locale == "ru" else self.name
        return {"id": self.id, "name": name, "lat": self.lat, "lng": self.lng, "population": self.population}


def towns(z: int, x: int, y: int) -> list[Town]:
    """Return the largest cities in one tile of the Mercator map, which has ``2**z`` tiles along each side.

    Raises ``Invalid`` (``no_such_tile``).
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
    """Return the latitude at a share of the height of the Mercator map, counted from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * position))))
