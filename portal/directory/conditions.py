"""SQL conditions of a people filter, for lists, counts and the map: they use only what the viewer may see.

They are built from the shape of a filter, which names its criteria; the values are parameters (see ``docs/lists.md``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Label,
    ScalarSelect,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.alphabets import viewer_language
from portal.core.db.base import AnySelect, shown_value
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.text import LIKE_ESCAPE, like_pattern
from portal.directory.filters import Group, PeopleFilter, Sort
from portal.directory.name_search import DoubtfulWords, Match, WordKind, match_of, searched_name
from portal.profiles.fields import audience_of
from portal.profiles.models import Profile
from portal.profiles.policies import admits, listed, of_listed, visible_to
from portal.profiles.relationships import is_followed_by
from portal.profiles.visibility import CityLabel, cards_seen_by

EARTH_KM = 6371
KM_PER_DEGREE = 111
HOME_CITY, FILTER_CITY, OWN = aliased(City), aliased(City), aliased(Profile)


@dataclass(frozen=True, slots=True)
class PlacedCity(CityLabel):
    """A city with its position in degrees."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What a search for people needs besides the filter: the cities that it refers to, and which words are misspelled.

    ``home`` is the viewer's own city, ``city`` the one with the filter's ``city_id``, ``year`` the viewer's own
    graduation year; each is ``None`` where there is none. ``misspelled`` are the words of the search with which no
    listed name begins.
    """

    home: PlacedCity | None = None
    city: PlacedCity | None = None
    year: int | None = None
    misspelled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FilterShape:
    """All of a people filter, its context and its reader on which the SQL of lists and counts depends.

    ``criteria`` are the names of the set fields, of which each is a parameter; ``home`` is among them where distances
    from the viewer's own city count. ``words`` are ``None`` without a search text.
    """

    criteria: frozenset[str] = frozenset()
    group: Group | None = None
    sort: Sort = Sort.NAME
    words: tuple[WordKind, ...] | None = None
    language: str = "en"

    @property
    def reads_profiles(self) -> bool:
        """Whether who is found, or in which order, depends on more than accounts; joins cost time to plan."""
        return bool(self.group or self.criteria - {"role"} or self.sort is Sort.NEAREST)

    @property
    def match(self) -> Match | None:
        """The SQL match of names with the search text, or ``None`` without one."""
        return None if self.words is None else match_of(self.words)


SHOWN_CRITERIA = ("year_from", "year_to", "city_id", "country", "role")
"""The criteria on whose values the best plan depends."""
TEXT_CRITERIA = ("programme", "work")


def shape_and_values(people_filter: PeopleFilter, context: SearchContext) -> tuple[FilterShape, dict[str, object]]:
    """Return the shape of a filter in its context, and the values of the parameters in statements of that shape."""
    values: dict[str, object] = {name: getattr(people_filter, name) for name in SHOWN_CRITERIA}
    values |= {name: like_pattern(_plain(text)) for name in TEXT_CRITERIA if (text := getattr(people_filter, name))}
    criteria = {name for name, value in values.items() if value}
    if context.home and (people_filter.near or people_filter.sort is Sort.NEAREST):
        criteria |= {"home", "near"} if people_filter.near else {"home"}
        values |= _distance_values(context.home, people_filter.near)
    words = None
    if people_filter.search:
        name = searched_name(people_filter.search, context.misspelled)
        words, values = name.kinds, {**values, **name.values}
    return FilterShape(frozenset(criteria), people_filter.group, people_filter.sort, words, viewer_language()), values


def search_context(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the search context of a filter for the actor, read in one statement."""
    doubtful = DoubtfulWords.of(people_filter.search)
    values = {**caller_values(actor), "city_id": people_filter.city_id, **doubtful.values}
    return context_from_row(_context(kind_of(actor), len(doubtful.words)).rows(**values)[0], people_filter)


@lru_cache(SHAPES_MAX)
def _context(actor: Actor, doubtful: int) -> RawQuery:
    return RawQuery(context_row(actor, doubtful))


def possible_filter(people_filter: PeopleFilter, context: SearchContext) -> PeopleFilter:
    """Return the filter without what its viewer lacks a city or a graduation year for."""
    return people_filter.possible(has_city=context.home is not None, has_year=context.year is not None)


def context_for_counting(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the search context if the filter has a search text or a distance, else an empty one without a query.

    The number of people of any other filter does not depend on the context.
    """
    return search_context(actor, people_filter) if people_filter.search or people_filter.near else SearchContext()


def context_row(actor: Actor, doubtful: int) -> AnySelect:
    """Return a SELECT of one row with all that ``context_from_row`` reads; callers may add columns.

    These are the actor's own city and graduation year, the city ``city_id`` of the filter, a parameter, and for a
    number of ``DoubtfulWords`` whether they are known.
    """
    own_year = _own(actor, OWN.graduation_year).label("own_year")
    columns = (*_city_columns(HOME_CITY, "home"), *_city_columns(FILTER_CITY, "asked"), own_year)
    statement: AnySelect = select(*columns, *DoubtfulWords.columns(doubtful)).select_from(select(literal(1)).subquery())
    statement = statement.outerjoin(HOME_CITY, HOME_CITY.id == _own(actor, OWN.city_id))
    return statement.outerjoin(FILTER_CITY, FILTER_CITY.id == bindparam("city_id", type_=Integer))


def context_from_row(row: Any, people_filter: PeopleFilter) -> SearchContext:
    """Return the search context of a filter from a row of ``context_row``."""
    misspelled = DoubtfulWords.of(people_filter.search).misspelled(row)
    return SearchContext(_city(row, "home"), _city(row, "asked"), row.own_year, misspelled)


def matching_people(actor: Actor, shape: FilterShape) -> AnySelect:
    """Return the SELECT of the ids of the listed people who satisfy a filter, at any distance.

    The criterion ``near`` is not applied: callers join ``cities_around``.
    """
    people: AnySelect = select(Account.id).where(visible_to(actor))
    if shape.reads_profiles:
        people = cards_seen_by(actor).with_only_columns(Account.id)
    return people.where(listed(), *_conditions(actor, shape))


def matching_profiles(actor: Actor, shape: FilterShape) -> AnySelect:
    """Return the SELECT of the profiles of listed people who satisfy a filter, at any distance, for counting.

    ``City`` is joined only where the actor may see the city; PostgreSQL skips the joins of accounts and cities if no
    condition needs them. The criterion ``near`` is not applied.
    """
    is_visible = and_(City.id == Profile.city_id, admits(Profile.city_audience, actor))
    statement: AnySelect = select(Profile).outerjoin(Account, Account.id == Profile.account_id)
    return statement.outerjoin(City, is_visible).where(of_listed(), *_conditions(actor, shape))


def cities_around(shape: FilterShape) -> Subquery:
    """Return a subquery of cities, nearest first, with ``id`` and ``km``, their distance from the viewer's own city.

    In that order a list of people can begin to read at the first city. With the criterion ``near`` those farther away
    are left out, by an index on latitude.
    """
    kilometres = _kilometres()
    statement = select(City.id, kilometres.label("km")).order_by(kilometres)
    if "near" in shape.criteria:
        south, north = bindparam("home_south", type_=Float), bindparam("home_north", type_=Float)
        statement = statement.where(City.lat.between(south, north), kilometres <= bindparam("near"))
    return statement.subquery()


def _city_columns(city: type[City], prefix: str) -> list[Label[Any]]:
    columns = (city.id, city.name, city.name_ru, city.country, city.country_code, city.lat, city.lng)
    return [column.label(f"{prefix}_{column.key}") for column in columns]


def _city(row: Any, prefix: str) -> PlacedCity | None:
    values = {field.name: getattr(row, f"{prefix}_{field.name}") for field in fields(PlacedCity)}
    return None if values["id"] is None else PlacedCity(**values)


def _conditions(actor: Actor, shape: FilterShape) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of a filter, all but its distance, for a statement that joins accounts and cities.

    ``City`` must be joined only where the actor may see the city, so that hidden cities satisfy no condition.
    """
    conditions = [shape.match.condition] if shape.match else []
    if shape.group:
        conditions += _group_conditions(actor, shape.group)
    if shape.criteria & {"year_from", "year_to"}:
        conditions.append(admits(audience_of(Profile.graduation_year), actor))
    for name in sorted(shape.criteria - {"home", "near"}):
        conditions.append(_criterion(actor, name))
    if shape.sort is Sort.NEAREST:
        conditions.append(City.id.is_not(None))
    return conditions


def _criterion(actor: Actor, name: str) -> ColumnElement[bool]:
    """Return the SQL condition of one criterion; who may see the graduation year is a condition of its own."""
    if name in TEXT_CRITERIA:
        column = {"programme": Profile.programme, "work": Profile.work}[name]
        return and_(admits(audience_of(column), actor), _plain_in_sql(column).like(bindparam(name), escape=LIKE_ESCAPE))
    criteria: Mapping[str, ColumnElement[bool]] = {
        "year_from": Profile.graduation_year >= shown_value("year_from", Integer),
        "year_to": Profile.graduation_year <= shown_value("year_to", Integer),
        "city_id": City.id == shown_value("city_id", Integer),
        "country": City.country_code == shown_value("country", String),
        "role": Account.role == shown_value("role", String),
    }
    return criteria[name]


def _group_conditions(actor: Actor, group: Group) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of the people in a group, for a statement as for ``_conditions``."""
    if group is Group.CITY:
        return [City.id == _own(actor, OWN.city_id)]
    if group is Group.YEAR:
        is_same = Profile.graduation_year == _own(actor, OWN.graduation_year)
        return [admits(audience_of(Profile.graduation_year), actor), is_same]
    return [is_followed_by(actor)]


def _own(actor: Actor, column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """Return the SQL expression of a column, of ``OWN``, of the actor's own profile."""
    return select(column).where(OWN.account_id == actor.account_id).scalar_subquery()


def _plain(text: str) -> str:
    """Return a text as it is compared with a programme or work: whatever its capitals, and ё counts as е."""
    return text.lower().replace("ё", "е")


def _plain_in_sql(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return func.replace(func.lower(column), "ё", "е")


def _distance_values(home: PlacedCity, distance: int | None) -> dict[str, object]:
    """Return the parameters of ``_kilometres`` and ``cities_around`` for distances from a city."""
    reach = (distance or 0) / KM_PER_DEGREE + 1 / 10
    return {
        "near": distance,
        "home_lat": math.radians(home.lat),
        "home_lng": math.radians(home.lng),
        "home_cosine": math.cos(math.radians(home.lat)),
        "home_south": home.lat - reach,
        "home_north": home.lat + reach,
    }


def _kilometres() -> ColumnElement[int]:
    """Return the SQL expression of the great-circle distance of ``City`` from the viewer's own, in whole kilometres."""
    home_lat, home_lng, cosine = (bindparam(f"home_{name}", type_=Float) for name in ("lat", "lng", "cosine"))
    lat, lng = func.radians(City.lat), func.radians(City.lng)
    across = func.pow(func.sin((lat - home_lat) / 2), 2)
    along = func.cos(lat) * cosine * func.pow(func.sin((lng - home_lng) / 2), 2)
    return cast(2 * EARTH_KM * func.asin(func.sqrt(func.least(across + along, 1))), Integer)
