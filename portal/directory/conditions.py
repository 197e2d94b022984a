"""Whom a filter describes, by what the viewer may know and by nothing else: the same for lists, counts and the map."""

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
from portal.directory.name_search import Match, names_like, words_to_check
from portal.extensions import db
from portal.profiles.fields import audience_of
from portal.profiles.models import Profile
from portal.profiles.policies import admits, listed, of_listed
from portal.profiles.visibility import cards_seen_by

EARTH_KM = 6371
KM_PER_DEGREE = 111
HOME, ASKED_FOR = aliased(City), aliased(City)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What people depend on besides their filter.

    ``home`` is where the viewer lives, ``city`` the one that was asked for; ``misspelled`` are words of the search with
    which no name begins.
    """

    home: City | None = None
    city: City | None = None
    misspelled: frozenset[str] = frozenset()


def surroundings(actor: Actor, wanted: PeopleFilter) -> Surroundings:
    """In one statement."""
    return surroundings_in(db.session.execute(surroundings_row(actor, wanted)).one(), wanted)


def surroundings_to_count(actor: Actor, wanted: PeopleFilter) -> Surroundings:
    """As far as a number depends on them: nothing is read where it does not."""
    return surroundings(actor, wanted) if wanted.search or wanted.near else Surroundings()


def surroundings_row(actor: Actor, wanted: PeopleFilter) -> Select[Any]:
    """Their one row, beside which a page may read what else it shows."""
    mine = select(Profile.city_id).where(Profile.account_id == actor.account_id).scalar_subquery()
    columns: tuple[Any, ...] = (HOME, ASKED_FOR, *words_to_check(wanted.search).values())
    one_row = select(literal(1)).subquery()
    statement: Select[Any] = select(*columns).select_from(one_row)
    return statement.outerjoin(HOME, HOME.id == mine).outerjoin(ASKED_FOR, ASKED_FOR.id == wanted.city_id)


def surroundings_in(row: Row[Any], wanted: PeopleFilter) -> Surroundings:
    """What a row says that begins with the columns of ``surroundings_row``."""
    checks = words_to_check(wanted.search)
    own, asked, *known = row[: 2 + len(checks)]
    return Surroundings(own, asked, _unknown(checks, known))


def misspelled(search: str) -> frozenset[str]:
    """Those words of a search alone, in one statement if there are any to look for."""
    checks = words_to_check(search)
    return _unknown(checks, db.session.execute(select(*checks.values())).one()) if checks else frozenset()


def match_of(wanted: PeopleFilter, around: Surroundings) -> Match | None:
    """How names are compared with what is searched, if anything is."""
    return names_like(wanted.search, around.misspelled) if wanted.search else None


def people(actor: Actor, wanted: PeopleFilter, match: Match | None) -> Select[Any]:
    """Everybody whom the filter describes and ``match`` finds, at any distance, as rows of ``cards_seen_by``."""
    return cards_seen_by(actor).where(listed(), *_narrowed(actor, wanted, match))


def profiles(actor: Actor, wanted: PeopleFilter, match: Match | None) -> Select[Any]:
    """The same people as profiles, to be counted: accounts and cities are read where a condition is about them only."""
    is_told = and_(City.id == Profile.city_id, admits(Profile.city_audience, actor))
    statement: Select[Any] = select(Profile).outerjoin(Account, Account.id == Profile.account_id)
    return statement.outerjoin(City, is_told).where(of_listed(), *_narrowed(actor, wanted, match))


def cities_around(home: City, distance: int | None) -> Subquery:
    """Cities with their kilometres from ``home``, the nearest first, so that a list of people can begin to read there.

    ``distance`` leaves out those farther away; the belt of latitudes that it touches is what an index knows.
    """
    kilometres = _kilometres(home)
    statement = select(City.id, kilometres.label("km")).order_by(kilometres)
    if distance:
        reach = distance / KM_PER_DEGREE + 1 / 10
        statement = statement.where(City.lat.between(home.lat - reach, home.lat + reach), kilometres <= distance)
    return statement.subquery()


def _unknown(checks: Iterable[str], known: Iterable[bool]) -> frozenset[str]:
    return frozenset(word for word, is_known in zip(checks, known, strict=True) if not is_known)


def _narrowed(actor: Actor, wanted: PeopleFilter, match: Match | None) -> list[ColumnElement[bool]]:
    """Conditions on what the viewer may know: a city is beside a person only where its audience includes the viewer."""
    conditions = [match.found] if match else []
    if wanted.year_from or wanted.year_to:
        conditions.append(admits(audience_of(Profile.graduation_year), actor))
    if wanted.year_from:
        conditions.append(Profile.graduation_year >= inline_literal(wanted.year_from))
    if wanted.year_to:
        conditions.append(Profile.graduation_year <= inline_literal(wanted.year_to))
    if wanted.city_id:
        conditions.append(City.id == inline_literal(wanted.city_id))
    if wanted.country:
        conditions.append(City.country_code == inline_literal(wanted.country))
    if wanted.role:
        conditions.append(Account.role == inline_literal(wanted.role.value))
    if wanted.sort is Sort.NEAREST:
        conditions.append(City.id.is_not(None))
    return conditions


def _kilometres(home: City) -> ColumnElement[int]:
    """From ``home``, along the earth and in whole kilometres."""
    lat, lng = func.radians(City.lat), func.radians(City.lng)
    here, there = math.radians(home.lat), math.radians(home.lng)
    across = func.pow(func.sin((lat - here) / 2), 2)
    along = func.cos(lat) * math.cos(here) * func.pow(func.sin((lng - there) / 2), 2)
    return cast(2 * EARTH_KM * func.asin(func.sqrt(func.least(across + along, 1))), Integer)
