"""SQL conditions of a people filter, for lists, counts and the map: they use only what the viewer may see."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, ScalarSelect, Select, Subquery, and_, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import inline_literal
from portal.directory.filters import Group, PeopleFilter, Sort
from portal.directory.name_search import Match, match_names, spelling_checks
from portal.extensions import db
from portal.profiles.fields import audience_of
from portal.profiles.models import Profile
from portal.profiles.policies import admits, listed, of_listed
from portal.profiles.relationships import is_followed_by
from portal.profiles.visibility import cards_seen_by

EARTH_KM = 6371
KM_PER_DEGREE = 111
HOME_CITY, FILTER_CITY, OWN = aliased(City), aliased(City), aliased(Profile)


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What a search for people needs besides the filter: the cities that it refers to, and which words are misspelled.

    ``home`` is the viewer's own city, ``city`` the one with the filter's ``city_id``, ``year`` the viewer's own
    graduation year; each is ``None`` where there is none. ``misspelled`` are the words of the search with which no
    listed name begins.
    """

    home: City | None = None
    city: City | None = None
    year: int | None = None
    misspelled: frozenset[str] = frozenset()


def search_context(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the search context of a filter for the actor, read in one statement."""
    return context_from_row(db.session.execute(context_row(actor, people_filter)).one(), people_filter)


def possible_filter(people_filter: PeopleFilter, context: SearchContext) -> PeopleFilter:
    """Return the filter without what its viewer lacks a city or a graduation year for."""
    return people_filter.possible(has_city=context.home is not None, has_year=context.year is not None)


def context_for_counting(actor: Actor, people_filter: PeopleFilter) -> SearchContext:
    """Return the search context if the filter has a search text or a distance, else an empty one without a query.

    The number of people of any other filter does not depend on the context.
    """
    return search_context(actor, people_filter) if people_filter.search or people_filter.near else SearchContext()


def context_row(actor: Actor, people_filter: PeopleFilter) -> Select[Any]:
    """Return a SELECT of one row with all that a ``SearchContext`` is made of; ``context_from_row`` reads it.

    Its columns are the actor's own city, the filter's city, the actor's graduation year, and for each word that may be
    misspelled whether a listed name begins with it. Callers may add columns after these.
    """
    own_year, checks = _own(actor, OWN.graduation_year), spelling_checks(people_filter.search)
    columns: tuple[Any, ...] = (HOME_CITY, FILTER_CITY, own_year, *checks.values())
    one_row = select(literal(1)).subquery()
    statement: Select[Any] = select(*columns).select_from(one_row)
    statement = statement.outerjoin(HOME_CITY, HOME_CITY.id == _own(actor, OWN.city_id))
    return statement.outerjoin(FILTER_CITY, FILTER_CITY.id == people_filter.city_id)


def context_from_row(row: Row[Any], people_filter: PeopleFilter) -> SearchContext:
    """Return the search context from a row that begins with the columns of ``context_row`` for the same filter."""
    checks = spelling_checks(people_filter.search)
    own, asked, year, *known = row[: 3 + len(checks)]
    return SearchContext(own, asked, year, _unknown(checks, known))


def misspelled_words(search: str) -> frozenset[str]:
    """Return the words of a search text with which no listed name begins, read in at most one statement.

    Words of fewer than three letters and words with known short forms never count as misspelled.
    """
    checks = spelling_checks(search)
    return _unknown(checks, db.session.execute(select(*checks.values())).one()) if checks else frozenset()


def name_match(people_filter: PeopleFilter, context: SearchContext) -> Match | None:
    """Return the SQL match of names with the filter's search text, or ``None`` if the filter has no search text."""
    return match_names(people_filter.search, context.misspelled) if people_filter.search else None


def matching_people(actor: Actor, people_filter: PeopleFilter, match: Match | None) -> Select[Any]:
    """Return the SELECT of the listed people who satisfy the filter, as rows of ``cards_seen_by``, at any distance.

    ``match`` is the result of ``name_match``. The criterion ``near`` is not applied: callers join ``cities_around``.
    """
    return cards_seen_by(actor).where(listed(), *_conditions(actor, people_filter, match))


def matching_profiles(actor: Actor, people_filter: PeopleFilter, match: Match | None) -> Select[Any]:
    """Return the SELECT of the profiles of listed people who satisfy the filter, at any distance, for counting.

    ``match`` is the result of ``name_match``. ``City`` is joined only where the actor may see the city; PostgreSQL
    skips the joins of accounts and cities if no condition needs them. The criterion ``near`` is not applied.
    """
    is_visible = and_(City.id == Profile.city_id, admits(Profile.city_audience, actor))
    statement: Select[Any] = select(Profile).outerjoin(Account, Account.id == Profile.account_id)
    return statement.outerjoin(City, is_visible).where(of_listed(), *_conditions(actor, people_filter, match))


def cities_around(home: City, distance: int | None) -> Subquery:
    """Return a subquery of cities, nearest first, with ``id`` and ``km``, their distance from ``home`` in kilometres.

    In that order a list of people can begin to read at the first city. Cities farther away than ``distance`` kilometres
    are left out, by an index on latitude; ``None`` keeps all.
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
    """Return the SQL conditions of a filter, all but its distance, for a statement that joins accounts and cities.

    ``City`` must be joined only where the actor may see the city, so that hidden cities satisfy no condition.
    """
    conditions = [match.condition] if match else []
    if people_filter.group:
        conditions += _group_conditions(actor, people_filter.group)
    conditions += [
        and_(admits(audience_of(column), actor), _contains(column, text))
        for column, text in ((Profile.programme, people_filter.programme), (Profile.work, people_filter.work))
        if text
    ]
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


def _contains(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """Return the SQL condition that a text contains another one, whatever their capitals; ё counts as е."""
    return func.replace(func.lower(column), "ё", "е").contains(text.lower().replace("ё", "е"), autoescape=True)


def _kilometres(home: City) -> ColumnElement[int]:
    """Return the SQL expression of the great-circle distance of ``City`` from ``home``, in whole kilometres."""
    lat, lng = func.radians(City.lat), func.radians(City.lng)
    home_lat, home_lng = math.radians(home.lat), math.radians(home.lng)
    across = func.pow(func.sin((lat - home_lat) / 2), 2)
    along = func.cos(lat) * math.cos(home_lat) * func.pow(func.sin((lng - home_lng) / 2), 2)
    return cast(2 * EARTH_KM * func.asin(func.sqrt(func.least(across + along, 1))), Integer)
