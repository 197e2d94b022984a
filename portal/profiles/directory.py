"""The directory: who is there, narrowed and ordered by what the viewer may know and by nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, cast, func, literal, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.database import written_out
from portal.core.paging import LIMIT_DEFAULT, Page, keyset_page, keyset_start
from portal.extensions import db
from portal.profiles.fields import audience_of
from portal.profiles.filters import PeopleFilter, Sort
from portal.profiles.models import City, Profile
from portal.profiles.name_search import Match, names_like, words_to_check
from portal.profiles.policies import admits, listed
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person

COUNTED_MAX = 1000
EARTH_KM = 6371
KM_PER_DEGREE = 111
HOME, ASKED_FOR = aliased(City), aliased(City)
Order = tuple[UnaryExpression[Any], ...]
BY_NAME: Order = (Account.sort_name.asc(), Account.id.asc())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a list depends on besides its filter.

    ``home`` is where the viewer lives, ``city`` the one that was asked for; ``misspelled`` are words of the search with
    which no name begins.
    """

    home: City | None = None
    city: City | None = None
    misspelled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """People of the directory; ``total`` is one more than ``COUNTED_MAX`` when there are more than that."""

    people: Page[PersonCard]
    total: int

    @property
    def is_beyond_counting(self) -> bool:
        return self.total > COUNTED_MAX


@dataclass(frozen=True, slots=True)
class Choice:
    """The ids of everybody whom a filter describes, in the order of their list; ``counted`` are the same in none."""

    ids: Select[Any]
    order: Order
    counted: Select[Any]

    @property
    def total(self) -> ColumnElement[int]:
        rows = self.counted.limit(COUNTED_MAX + 1).subquery()
        return select(func.count()).select_from(rows).scalar_subquery().label("total")

    def kept(self) -> Choice:
        """For a choice that costs more to make twice, for counting and for showing, than to keep."""
        keys = (term.element.label(f"found_{place}") for place, term in enumerate(self.order))
        found = self.ids.add_columns(*keys).cte("found")
        columns = ((found.c[f"found_{place}"], term.modifier is desc_op) for place, term in enumerate(self.order))
        order = tuple(column.desc() if is_last else column.asc() for column, is_last in columns)
        return Choice(select(found.c.id), order, select(found.c.id))


def surroundings(actor: Actor, wanted: PeopleFilter) -> Surroundings:
    """In one statement."""
    checks = words_to_check(wanted.search)
    mine = select(Profile.city_id).where(Profile.account_id == actor.account_id).scalar_subquery()
    statement: Any = select(HOME, ASKED_FOR, *checks.values()).select_from(
        select(literal(1)).subquery()
    )  # too many columns
    statement = statement.outerjoin(HOME, HOME.id == mine).outerjoin(ASKED_FOR, ASKED_FOR.id == wanted.city_id)
    own, asked, *known = db.session.execute(statement).one()
    return Surroundings(own, asked, _unknown(checks, known))


def people_until(actor: Actor, wanted: PeopleFilter, around: Surroundings, *, until: str | None) -> Found:
    """The list that the filter describes, from its start to one page beyond the cursor ``until``, and how many it has.

    In one statement.
    """
    choice = _choice(actor, wanted, around)

    def shown(page: Subquery) -> Select[Any]:
        return _cards(actor, page).add_columns(choice.total)

    found = keyset_start(choice.ids, order=choice.order, until=until, scope=wanted.scope, details=shown)
    return Found(found.map(card), found.items[0].total if found.items else 0)


def people_after(actor: Actor, wanted: PeopleFilter, around: Surroundings, *, cursor: str | None) -> Page[PersonCard]:
    """The page of the same list that follows the cursor."""
    choice, details = _choice(actor, wanted, around), partial(_cards, actor)
    page = keyset_page(choice.ids, order=choice.order, cursor=cursor, scope=wanted.scope, details=details)
    return page.map(card)


def everybody(
    actor: Actor, *, city_id: int | None, search: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[Person]:
    """Full profiles of all listed alumni, of those who let the caller know that they live in the city, or both of
    whose names are like ``search``, which orders them.
    """
    wanted = PeopleFilter(search=search, city_id=city_id, sort=Sort.MATCH)
    choice = _choice(actor, wanted, Surroundings(misspelled=_misspelled(search)))
    order = choice.order if search else (Account.id.asc(),)

    def shown(page: Subquery) -> Select[Any]:
        return people_seen_by(actor, with_ties=True).join(page, page.c.id == Account.id)

    scope = f"directory {city_id or 'all'} {search}"
    return keyset_page(choice.ids, order=order, cursor=cursor, limit=limit, scope=scope, details=shown).map(person)


def _choice(actor: Actor, wanted: PeopleFilter, around: Surroundings) -> Choice:
    """Whom the filter describes."""
    match = names_like(wanted.search, around.misspelled) if wanted.search else None
    conditions = [*_narrowed(actor, wanted), *([match.found] if match else [])]
    counted = ids = cards_seen_by(actor).with_only_columns(Account.id).where(*conditions)
    order = _order(wanted, match)
    if around.home and (wanted.near or wanted.sort is Sort.NEAREST):
        places = _cities_around(around.home, wanted.near)
        ids = ids.join(places, places.c.id == City.id)
        if wanted.sort is Sort.NEAREST:
            order = (places.c.km.asc(), *BY_NAME)
    choice = Choice(ids, order, counted)
    return choice.kept() if match or wanted.near else choice


def _cards(actor: Actor, page: Subquery) -> Select[Any]:
    return cards_seen_by(actor).join(page, page.c.id == Account.id)


def _misspelled(search: str) -> frozenset[str]:
    checks = words_to_check(search)
    return _unknown(checks, db.session.execute(select(*checks.values())).one()) if checks else frozenset()


def _unknown(checks: Iterable[str], known: Iterable[bool]) -> frozenset[str]:
    return frozenset(word for word, is_known in zip(checks, known, strict=True) if not is_known)


def _narrowed(actor: Actor, wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    """Conditions on what the viewer may know: ``cards_seen_by`` joins a city only where its audience includes them."""
    conditions = [listed()]
    if wanted.year_from or wanted.year_to:
        conditions.append(admits(audience_of(Profile.graduation_year), actor))
    if wanted.year_from:
        conditions.append(Profile.graduation_year >= written_out(wanted.year_from))
    if wanted.year_to:
        conditions.append(Profile.graduation_year <= written_out(wanted.year_to))
    if wanted.city_id:
        conditions.append(City.id == written_out(wanted.city_id))
    if wanted.country:
        conditions.append(City.country_code == written_out(wanted.country))
    if wanted.role:
        conditions.append(Account.role == written_out(wanted.role.value))
    if wanted.sort is Sort.NEAREST:
        conditions.append(City.id.is_not(None))
    return conditions


def _order(wanted: PeopleFilter, match: Match | None) -> Order:
    if wanted.sort is Sort.MATCH and match:
        return match.order
    if wanted.sort is Sort.NEWEST:
        return (Account.verified_at.desc(), Account.id.desc())
    return BY_NAME


def _cities_around(home: City, distance: int | None) -> Subquery:
    """Cities with their kilometres from ``home``, the nearest first, so that a list of people can begin to read there.

    ``distance`` leaves out those farther away; the belt of latitudes that it touches is what an index knows.
    """
    kilometres = _kilometres(home)
    statement = select(City.id, kilometres.label("km")).order_by(kilometres)
    if distance:
        reach = distance / KM_PER_DEGREE + 1 / 10
        statement = statement.where(City.lat.between(home.lat - reach, home.lat + reach), kilometres <= distance)
    return statement.subquery()


def _kilometres(home: City) -> ColumnElement[int]:
    """From ``home``, along the earth and in whole kilometres."""
    lat, lng = func.radians(City.lat), func.radians(City.lng)
    here, there = math.radians(home.lat), math.radians(home.lng)
    across = func.pow(func.sin((lat - here) / 2), 2)
    along = func.cos(lat) * math.cos(here) * func.pow(func.sin((lng - there) / 2), 2)
    return cast(2 * EARTH_KM * func.asin(func.sqrt(func.least(across + along, 1))), Integer)
