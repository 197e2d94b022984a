"""Exact counts of people by city, for members as far as audiences allow, and the largest cities of a map's tile.

Those of all people come from counters, those of a filter from the people themselves. Statements about all people are
built once for each kind of caller (``docs/lists.md``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, Integer, and_, cast, func, null, select, union_all

from portal.alumni_map import counters
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of, nobody_like
from portal.core.db.raw_queries import RawQuery
from portal.core.db.remembered import Remembered
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.profiles.models import PEOPLE, Profile
from portal.profiles.policies import admits
from portal.profiles.visibility import CityLabel

TOWNS_PER_TILE = 60
TILE_ZOOM_MAX = 12
Value = TypeVar("Value")
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


_TOTALS: Remembered[tuple[int, int]] = Remembered("totals of the map", PEOPLE, size=lambda _totals: 0)


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its number of people as legacy clients get it; the fields are those of ``schemas.PlaceOut``."""

    country: str
    city: str
    lat: float
    lng: float
    count: int


def shared(answers: Remembered[Value], actor: Actor, read: Callable[[Actor], Value], *key: Hashable) -> Value:
    """Return what ``read`` returns for the actor about all people, remembered for others of the actor's kind and year.

    Only whoever hides their city from people like themselves gets an answer of their own, in which they are counted.
    ``key`` is what the answer depends on besides.
    """
    if _hidden(kind_of(actor)).rows(**caller_values(actor)):
        return read(actor)
    return answers.get((kind_of(actor), actor.class_year, *key), lambda: read(nobody_like(actor)))


def places(actor: Actor) -> list[Place]:
    """Return every city with listed people whose city the actor may see, and their number, most people first."""
    return [Place(*row) for row in _places(kind_of(actor)).rows(**caller_values(actor))]


def totals(actor: Actor) -> tuple[int, int]:
    """Return the number of listed people whose city the actor may see, and the number of these cities."""
    return shared(_TOTALS, actor, _read_totals)


def _read_totals(actor: Actor) -> tuple[int, int]:
    row = _totals(kind_of(actor)).rows(**caller_values(actor))[0]
    return row.people, row.cities


def of_all_people(actor: Actor) -> CompoundSelect[Any]:
    """Return the SELECT of the numbers of all listed people by city, with the columns ``city_id`` and ``people``.

    All people whose city is missing or hidden from the actor are counted in one row whose ``city_id`` is NULL.
    """
    shown = counters.shown_to(actor).cte("shown")
    others = counters.everybody() - select(func.coalesce(func.sum(shown.c.people), 0)).scalar_subquery()
    return union_all(select(shown.c.city_id, shown.c.people), select(null(), cast(others, Integer)))


def of_filter(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> CompoundSelect[Any]:
    """Return the SELECT of the numbers of people of a filter by city, with the columns of ``of_all_people``."""
    shape, values = conditions.shape_and_values(people_filter, context)
    profiles = conditions.matching_profiles(actor, shape)
    if "near" in shape.criteria:
        cities = conditions.cities_around(shape)
        profiles = profiles.join(cities, cities.c.id == City.id)
    is_visible = and_(Profile.city_id.is_not(None), admits(Profile.city_audience, actor))
    numbers = (func.count().filter(is_visible).label("visible"), func.count().label("everybody"))
    # By the bare column, which an index holds in order; the planner knows how many cities there are.
    counts = profiles.with_only_columns(Profile.city_id, *numbers).group_by(Profile.city_id).cte("counts")
    without_city = cast(func.coalesce(func.sum(counts.c.everybody - counts.c.visible), 0), Integer)
    visible = select(counts.c.city_id, counts.c.visible.label("people")).where(counts.c.visible > 0)
    return union_all(visible, select(null(), without_city)).params(values)


@lru_cache(SHAPES_MAX)
def _hidden(kind: Actor) -> RawQuery:
    return RawQuery(counters.hidden_by(kind))


@lru_cache(SHAPES_MAX)
def _places(kind: Actor) -> RawQuery:
    shown = counters.shown_to(kind).subquery()
    statement: AnySelect = select(City.country, City.name, City.lat, City.lng, shown.c.people)
    return RawQuery(statement.join(shown, shown.c.city_id == City.id).order_by(shown.c.people.desc(), City.id))


@lru_cache(SHAPES_MAX)
def _totals(kind: Actor) -> RawQuery:
    shown = counters.shown_to(kind).subquery()
    people = cast(func.coalesce(func.sum(shown.c.people), 0), Integer).label("people")
    return RawQuery(select(people, func.count().label("cities")).select_from(shown))


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
