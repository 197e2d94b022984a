"""SQL conditions of a people filter, for lists, counts and the map: they use only what the viewer may see."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, Subquery, and_, cast, func, literal, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import inline_literal
from portal.directory.filters import PeopleFilter, Sort
from portal.directory.name_search import Match, match_names, spelling_checks
from portal.extensions import db
from portal.profiles.fields import audience_of
from portal.profiles.models import Profile
from portal.profiles.policies import admits, listed, of_listed
from portal.profiles.visibility import cards_seen_by

EARTH_KM = 6371
KM_PER_DEGREE = 111
HOME_CITY, FILTER_CITY = aliased(City), aliased(City)


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What the people of a filter depend on besides the filter.

    ``home`` is the viewer's own city, ``city`` the one that the filter asks for. ``misspelled`` are words of the search
    with which no name begins.
    """

    home: City | None = None
    city: City | None = None
    misspelled: frozenset[str] = frozenset()


def search_context(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the context of the filter for the actor, in one statement."""
    return context_from_row(db.session.execute(context_row(actor, people_filter)).one(), people_filter)


def context_for_counting(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the context as far as the number of people depends on it; nothing is read where it does not."""
    return search_context(actor, people_filter) if people_filter.search or people_filter.near else SearchContext()


def context_row(actor: Actor, people_filter: PeopleFilter) -> Select[Any]:
    """Return a statement with one row, beside which a page may read what else it shows."""
    own_city = select(Profile.city_id).where(Profile.account_id == actor.account_id).scalar_subquery()
    columns: tuple[Any, ...] = (HOME_CITY, FILTER_CITY, *spelling_checks(people_filter.search).values())
    one_row = select(literal(1)).subquery()
    statement: Select[Any] = select(*columns).select_from(one_row)
    statement = statement.outerjoin(HOME_CITY, HOME_CITY.id == own_city)
    return statement.outerjoin(FILTER_CITY, FILTER_CITY.id == people_filter.city_id)


def context_from_row(row: Row[Any], people_filter: PeopleFilter) -> SearchContext:
    """Return the context from a row that begins with the columns of ``context_row``."""
    checks = spelling_checks(people_filter.search)
    own, asked, *known = row[: 2 + len(checks)]
    return SearchContext(own, asked, _unknown(checks, known))


def misspelled_words(search: str) -> frozenset[str]:
    """Return the words of a search with which no listed name begins, in at most one statement."""
    checks = spelling_checks(search)
    return _unknown(checks, db.session.execute(select(*checks.values())).one()) if checks else frozenset()


def name_match(people_filter: PeopleFilter, context: SearchContext) -> Match | None:
    """Return how names compare with the searched text, or ``None`` where no name is searched."""
    return match_names(people_filter.search, context.misspelled) if people_filter.search else None


def matching_people(actor: Actor, people_filter: PeopleFilter, match: Match | None) -> Select[Any]:
    """Return the people of the filter whom ``match`` finds, at any distance, as rows of ``cards_seen_by``."""
    return cards_seen_by(actor).where(listed(), *_conditions(actor, people_filter, match))


def matching_profiles(actor: Actor, people_filter: PeopleFilter, match: Match | None) -> Select[Any]:
    """Return the profiles of the filter for counting: accounts and cities are read only if a condition needs them."""
    is_visible = and_(City.id == Profile.city_id, admits(Profile.city_audience, actor))
    statement: Select[Any] = select(Profile).outerjoin(Account, Account.id == Profile.account_id)
    return statement.outerjoin(City, is_visible).where(of_listed(), *_conditions(actor, people_filter, match))


def cities_around(home: City, distance: int | None) -> Subquery:
    """Return ids of cities with their distance ``km`` from ``home``, the nearest first.

    In that order a list of people can begin to read at the first city. ``distance`` in kilometres leaves out cities
    farther away; their belt of latitudes is what an index knows.
    """
    kilometres = _kilometres(home)
    statement = select(City.id, kilometres.label("km")).order_by(kilometres)
    if distance:
        reach = distance / KM_PER_DEGREE + 1 / 10
        statement = statement.where(City.lat.between(home.lat - reach, home.lat + reach), kilometres <= distance)
    return statement.subquery()


def _unknown(checks: Iterable[str], known: Iterable[bool]) -> frozenset[str]:
    return frozenset(word for word, is_known in zip(checks, known, strict=True) if not is_known)


def _conditions(actor: Actor, people_filter: PeopleFilter, match: Match | None) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter; rows are joined to a city only where its audience includes the viewer."""
    conditions = [match.condition] if match else []
    if people_filter.year_from or people_filter.year_to:
        conditions.append(admits(audience_of(Profile.graduation_year), actor))
    if people_filter.year_from:
        conditions.append(Profile.graduation_year >= inline_literal(people_filter.year_from))
    if people_filter.year_to:
        conditions.append(Profile.graduation_year <= inline_literal(people_filter.year_to))
    if people_filter.city_id:
        conditions.append(City.id == inline_literal(people_filter.city_id))
    if people_filter.country:
        conditions.append(City.country_code == inline_literal(people_filter.country))
    if people_filter.role:
        conditions.append(Account.role == inline_literal(people_filter.role.value))
    if people_filter.sort is Sort.NEAREST:
        conditions.append(City.id.is_not(None))
    return conditions


def _kilometres(home: City) -> ColumnElement[int]:
    """Return the great-circle distance of ``City`` from ``home``, in whole kilometres."""
    lat, lng = func.radians(City.lat), func.radians(City.lng)
    home_lat, home_lng = math.radians(home.lat), math.radians(home.lng)
    across = func.pow(func.sin((lat - home_lat) / 2), 2)
    along = func.cos(lat) * math.cos(home_lat) * func.pow(func.sin((lng - home_lng) / 2), 2)
    return cast(2 * EARTH_KM * func.asin(func.sqrt(func.least(across + along, 1))), Integer)
