"""Exact counts of people by city, for members as far as audiences allow, and the largest cities of a map's tile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, Subquery, and_, cast, func, null, select, union_all

from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.profiles.models import Profile
from portal.profiles.policies import admits
from portal.profiles.visibility import CityLabel

TOWNS_PER_TILE = 60
TILE_ZOOM_MAX = 12
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


def city_counts(actor: Actor) -> list[CityCount]:
    """Return every city with listed people whose city the actor may see, and their number, most people first."""
    return with_cities(people_by_city(actor, PeopleFilter(), SearchContext()))


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


def with_cities(counts: Subquery) -> list[CityCount]:
    """Return the cities in a subquery with the columns ``city_id`` and ``people``, most people first.

    A row without a city is left out.
    """
    statement: Select[Any] = select(*CITY_COLUMNS, counts.c.people).join(counts, counts.c.city_id == City.id)
    return [CityCount(*row) for row in db.session.execute(statement.order_by(counts.c.people.desc(), City.id))]


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
