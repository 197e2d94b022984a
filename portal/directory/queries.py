"""The directory: who is there, narrowed and ordered by what the viewer may know and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.directory import conditions
from portal.directory.conditions import Surroundings
from portal.directory.filters import PeopleFilter, Sort
from portal.directory.name_search import Match
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person

COUNTED_MAX = 1000
Order = tuple[UnaryExpression[Any], ...]
BY_NAME: Order = (Account.sort_name.asc(), Account.id.asc())


@dataclass(frozen=True, slots=True)
class Found:
    """People of the directory; where counting ends at ``COUNTED_MAX``, ``total`` is one more when there are more."""

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

    def total(self, most: int | None) -> ColumnElement[int]:
        """How many they are, if that is less than ``most``."""
        rows = self.counted.limit(most).subquery()
        return select(func.count()).select_from(rows).scalar_subquery().label("total")

    def kept(self) -> Choice:
        """For a choice that costs more to make twice, for counting and for showing, than to keep."""
        keys = (term.element.label(f"found_{place}") for place, term in enumerate(self.order))
        found = self.ids.add_columns(*keys).cte("found")
        columns = ((found.c[f"found_{place}"], term.modifier is desc_op) for place, term in enumerate(self.order))
        order = tuple(column.desc() if is_last else column.asc() for column, is_last in columns)
        return Choice(select(found.c.id), order, select(found.c.id))


def people_until(
    actor: Actor, wanted: PeopleFilter, around: Surroundings, *, until: str | None, count_all: bool = False
) -> Found:
    """The list that the filter describes, from its start to one page beyond the cursor ``until``, and how many it has.

    In one statement. Counting ends at ``COUNTED_MAX`` unless ``count_all`` says otherwise.
    """
    choice = _choice(actor, wanted, around)
    most = None if count_all else COUNTED_MAX + 1

    def shown(page: Subquery) -> Select[Any]:
        return _cards(actor, page).add_columns(choice.total(most))

    found = keyset_until(choice.ids, order=choice.order, until=until, scope=wanted.scope, details=shown)
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
    choice = _choice(actor, wanted, Surroundings(misspelled=conditions.misspelled(search)))
    order = choice.order if search else (Account.id.asc(),)

    def shown(page: Subquery) -> Select[Any]:
        return people_seen_by(actor, with_ties=True).join(page, page.c.id == Account.id)

    scope = f"directory {city_id or 'all'} {search}"
    return keyset_page(choice.ids, order=order, cursor=cursor, limit=limit, scope=scope, details=shown).map(person)


def _choice(actor: Actor, wanted: PeopleFilter, around: Surroundings) -> Choice:
    """Whom the filter describes."""
    match = conditions.match_of(wanted, around)
    counted = ids = conditions.people(actor, wanted, match).with_only_columns(Account.id)
    order = _order(wanted, match)
    if around.home and (wanted.near or wanted.sort is Sort.NEAREST):
        places = conditions.cities_around(around.home, wanted.near)
        ids = ids.join(places, places.c.id == City.id)
        if wanted.sort is Sort.NEAREST:
            order = (places.c.km.asc(), *BY_NAME)
    choice = Choice(ids, order, counted)
    return choice.kept() if match or wanted.near else choice


def _cards(actor: Actor, page: Subquery) -> Select[Any]:
    return cards_seen_by(actor).join(page, page.c.id == Account.id)


def _order(wanted: PeopleFilter, match: Match | None) -> Order:
    if wanted.sort is Sort.MATCH and match:
        return match.order
    if wanted.sort is Sort.NEWEST:
        return (Account.verified_at.desc(), Account.id.desc())
    return BY_NAME
