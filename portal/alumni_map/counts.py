"""Where people are: exact for members as far as each person allows, in cells of five and more for the public."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, Subquery, and_, cast, func, null, select, union_all

from portal.accounts.models import Account
from portal.cities.countries import country_name
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.conditions import Surroundings
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import admits, listed, of_listed
from portal.profiles.visibility import CityLabel, PersonCard, card, cards_seen_by

CELL_MIN = 5
SHARED_WIDELY = (Audience.ALUMNI, Audience.MEMBERS, Audience.PUBLIC)
TOWNS_PER_TILE = 60
TILE_ZOOM_MAX = 12
Middles = Callable[[Sequence[str]], dict[str, tuple[float, float]]]
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
    """A city and how many people the viewer may know to live there."""

    lat: float
    lng: float
    people: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Five or more people: of one city, or of the smaller places of a country (``city`` is ``None``).

    ``is_rest`` says that larger cities of the same country have cells of their own.
    """

    city: CityLabel | None
    country: str
    country_code: str
    lat: float
    lng: float
    people: int
    is_rest: bool = False

    def label(self, locale: str) -> str:
        """What the public map calls it, in the reader's language."""
        if self.city is not None:
            return self.city.label(locale)
        country = self.country_label(locale)
        return _("Elsewhere in %(country)s", country=country) if self.is_rest else country

    def full_label(self, locale: str) -> str:
        """The same with the country, where the name does not hold it."""
        return self.city.full_label(locale) if self.city is not None else self.label(locale)

    def country_label(self, locale: str) -> str:
        return country_name(self.country_code, self.country, locale)


@dataclass(frozen=True, slots=True)
class PublicMap:
    """Everybody, each counted once: ``total`` is the sum of the cells and of ``elsewhere``."""

    total: int
    cells: list[Cell]
    elsewhere: int


def city_counts(actor: Actor) -> list[CityCount]:
    """Cities with people who let the viewer know it, most people first."""
    return _with_their_cities(counted_by_city(actor, PeopleFilter(), Surroundings()))


def counted_by_city(actor: Actor, wanted: PeopleFilter, around: Surroundings) -> Subquery:
    """How many of the filter's people tell the viewer of which city: ``city_id``, ``people``.

    Whoever tells of none is counted in the one row without a city.
    """
    found = conditions.profiles(actor, wanted, conditions.match_of(wanted, around))
    if around.home and wanted.near:
        places = conditions.cities_around(around.home, wanted.near)
        found = found.join(places, places.c.id == City.id)
    is_told = and_(Profile.city_id.is_not(None), admits(Profile.city_audience, actor))
    numbers = (func.count().filter(is_told).label("told"), func.count().label("everybody"))
    # By the bare column: an index holds it in order, and the planner knows how many cities there are.
    counts = found.with_only_columns(Profile.city_id, *numbers).group_by(Profile.city_id).cte("counts")
    untold = cast(func.coalesce(func.sum(counts.c.everybody - counts.c.told), 0), Integer)
    told = select(counts.c.city_id, counts.c.told.label("people")).where(counts.c.told > 0)
    return union_all(told, select(null(), untold)).subquery()


def totals(actor: Actor) -> tuple[int, int]:
    """How many people let the viewer know where they live, and in how many cities."""
    told = counted_by_city(actor, PeopleFilter(), Surroundings())
    people = cast(func.coalesce(func.sum(told.c.people), 0), Integer)
    statement = select(people, func.count()).where(told.c.city_id.is_not(None))
    number, cities = db.session.execute(statement).one()
    return number, cities


def newest_in_city(actor: Actor, city_id: int, limit: int = 3) -> list[PersonCard]:
    """Those of the city who joined the portal last, without the viewer."""
    statement = (
        cards_seen_by(actor)
        .where(listed(), City.id == city_id, Account.id != actor.account_id)
        .order_by(Account.verified_at.desc(), Account.id)
    )
    return [card(row) for row in db.session.execute(statement.limit(limit))]


def public_map() -> PublicMap:
    """The answer for everybody: no cell, rest or difference of them stands for one to four people."""
    total = db.session.scalar(select(func.count()).select_from(Profile).where(of_listed())) or 0
    return in_cells(total, _with_their_cities(_shared_by_city()), country_middles)


def in_cells(total: int, cities: Sequence[CityCount], middles: Middles) -> PublicMap:
    """Divide ``total`` people into cells of at least ``CELL_MIN``, some of whom are known to live in ``cities``.

    Cells are disjoint and so is the rest, each empty or large enough; therefore every sum and every difference that
    can be made from the published numbers is one too. Small cities join others of their country; a rest too small
    takes in the smallest cells until it is large enough. ``middles`` says where to draw a country's cell.
    """
    if total < CELL_MIN:
        return PublicMap(0, [], 0)
    cells = [_city_cell(city) for city in cities if city.people >= CELL_MIN]
    with_cities = {cell.country_code for cell in cells}
    cells += _country_cells([city for city in cities if city.people < CELL_MIN], with_cities, middles)
    cells.sort(key=lambda cell: (-cell.people, cell.country_code, cell.city.id if cell.city else 0))
    elsewhere = total - sum(cell.people for cell in cells)
    while 0 < elsewhere < CELL_MIN:
        elsewhere += cells.pop().people
    return PublicMap(total, cells, elsewhere)


def _shared_by_city() -> Subquery:
    """How many share each city widely enough for the public map."""
    columns: tuple[Any, ...] = (Profile.city_id, func.count().label("people"))
    is_shared = Profile.city_audience.in_(SHARED_WIDELY)
    return select(*columns).where(of_listed(), is_shared).group_by(Profile.city_id).subquery()


def _with_their_cities(counts: Subquery) -> list[CityCount]:
    """The cities that were counted, most people first."""
    statement: Select[Any] = select(*CITY_COLUMNS, counts.c.people).join(counts, counts.c.city_id == City.id)
    return [CityCount(*row) for row in db.session.execute(statement.order_by(counts.c.people.desc(), City.id))]


def _city_cell(city: CityCount) -> Cell:
    return Cell(city, city.country, city.country_code, city.lat, city.lng, city.people)


def _country_cells(cities: Iterable[CityCount], with_cities: set[str], middles: Middles) -> list[Cell]:
    """One cell per country with enough people in its small places."""
    by_country: dict[str, list[CityCount]] = defaultdict(list)
    for city in cities:
        by_country[city.country_code].append(city)
    counts = {code: sum(city.people for city in group) for code, group in by_country.items()}
    large = [code for code, people in counts.items() if people >= CELL_MIN]
    places = middles(large)
    return [
        Cell(None, by_country[code][0].country, code, *places[code], counts[code], is_rest=code in with_cities)
        for code in large
    ]


def country_middles(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The mean position of all cities of each country: it says nothing about who lives in which."""
    if not codes:
        return {}
    statement = select(City.country_code, func.avg(City.lat), func.avg(City.lng)).group_by(City.country_code)
    rows = db.session.execute(statement.where(City.country_code.in_(codes)))
    return {code: (round(lat, 2), round(lng, 2)) for code, lat, lng in rows}


@dataclass(frozen=True, slots=True)
class Town:
    """A city as a name on the map."""

    id: int
    name: str
    name_ru: str | None
    lat: float
    lng: float
    population: int

    def described(self, locale: str) -> dict[str, object]:
        """What the map draws, named in the reader's language."""
        name = self.name_ru or self.name if locale == "ru" else self.name
        return {"id": self.id, "name": name, "lat": self.lat, "lng": self.lng, "population": self.population}


def towns(z: int, x: int, y: int) -> list[Town]:
    """The biggest cities of one tile of the Mercator world, which has ``2**z`` tiles along each side.

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
    """The latitude at a share of the Mercator world's height, from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * position))))
