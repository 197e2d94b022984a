"""Lists of people, narrowed and ordered by what the viewer may see and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter, Sort
from portal.directory.name_search import Match
from portal.extensions import db
from portal.profiles.policies import listed
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person

COUNTED_MAX = 1000
Order = tuple[UnaryExpression[Any], ...]
BY_NAME: Order = (Account.sort_name.asc(), Account.id.asc())


@dataclass(frozen=True, slots=True)
class CountedPeople:
    """A page of people, and how many the whole list has.

    Where counting ends at ``COUNTED_MAX``, ``total`` is one more if there are more.
    """

    people: Page[PersonCard]
    total: int

    @property
    def is_beyond_counting(self) -> bool:
        """Whether there are more people than were counted."""
        return self.total > COUNTED_MAX


@dataclass(frozen=True, slots=True)
class PeopleSelection:
    """The ids of the people of a filter in the order of their list; ``unordered`` selects the same ids for counting."""

    ids: Select[Any]
    order: Order
    unordered: Select[Any]

    def total(self, most: int | None) -> ColumnElement[int]:
        """Return the number of people, at most ``most``."""
        rows = self.unordered.limit(most).subquery()
        return select(func.count()).select_from(rows).scalar_subquery().label("total")

    def materialised(self) -> PeopleSelection:
        """Return the selection as a CTE, for one that costs more to run twice, to count and to list, than to keep."""
        keys = (term.element.label(f"key_{place}") for place, term in enumerate(self.order))
        selected = self.ids.add_columns(*keys).cte("selected")
        columns = ((selected.c[f"key_{place}"], term.modifier is desc_op) for place, term in enumerate(self.order))
        order = tuple(column.desc() if is_descending else column.asc() for column, is_descending in columns)
        return PeopleSelection(select(selected.c.id), order, select(selected.c.id))


def people_until(
    actor: Actor, people_filter: PeopleFilter, context: SearchContext, *, until: str | None, count_all: bool = False
) -> CountedPeople:
    """Return the list of the filter, from its start to one page beyond the cursor ``until``, with its length.

    In one statement. Counting ends at ``COUNTED_MAX`` unless ``count_all`` says otherwise.
    """
    selection = _select(actor, people_filter, context)
    most = None if count_all else COUNTED_MAX + 1

    def details(page: Subquery) -> Select[Any]:
        return _cards(actor, page).add_columns(selection.total(most))

    rows = keyset_until(selection.ids, order=selection.order, until=until, scope=people_filter.scope, details=details)
    return CountedPeople(rows.map(card), rows.items[0].total if rows.items else 0)


def people_after(
    actor: Actor, people_filter: PeopleFilter, context: SearchContext, *, cursor: str | None
) -> Page[PersonCard]:
    """Return the page of the filter's list that follows the cursor."""
    selection, details = _select(actor, people_filter, context), partial(_cards, actor)
    page = keyset_page(selection.ids, order=selection.order, cursor=cursor, scope=people_filter.scope, details=details)
    return page.map(card)


def newest_in_city(actor: Actor, city_id: int, limit: int) -> list[PersonCard]:
    """Return the people of a city who joined the portal last, without the actor, as cards that omit the city."""
    statement = (
        cards_seen_by(actor)
        .where(listed(), City.id == city_id, Account.id != actor.account_id)
        .order_by(Account.verified_at.desc(), Account.id)
    )
    return [replace(card(row), city=None) for row in db.session.execute(statement.limit(limit))]


def list_profiles(
    actor: Actor, *, city_id: int | None, search: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[Person]:
    """Return a page of full profiles of listed people.

    ``city_id`` leaves those who let the actor know that they live there; ``search`` leaves those whose names match,
    the best match first.
    """
    people_filter = PeopleFilter(search=search, city_id=city_id, sort=Sort.MATCH)
    selection = _select(actor, people_filter, SearchContext(misspelled=conditions.misspelled_words(search)))
    order = selection.order if search else (Account.id.asc(),)

    def details(page: Subquery) -> Select[Any]:
        return people_seen_by(actor, with_relationships=True).join(page, page.c.id == Account.id)

    scope = f"directory {city_id or 'all'} {search}"
    rows = keyset_page(selection.ids, order=order, cursor=cursor, limit=limit, scope=scope, details=details)
    return rows.map(person)


def _select(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> PeopleSelection:
    match = conditions.name_match(people_filter, context)
    unordered = ids = conditions.matching_people(actor, people_filter, match).with_only_columns(Account.id)
    order = _order(people_filter, match)
    if context.home and (people_filter.near or people_filter.sort is Sort.NEAREST):
        cities = conditions.cities_around(context.home, people_filter.near)
        ids = ids.join(cities, cities.c.id == City.id)
        if people_filter.sort is Sort.NEAREST:
            order = (cities.c.km.asc(), *BY_NAME)
    selection = PeopleSelection(ids, order, unordered)
    return selection.materialised() if match or people_filter.near else selection


def _cards(actor: Actor, page: Subquery) -> Select[Any]:
    return cards_seen_by(actor).join(page, page.c.id == Account.id)


def _order(people_filter: PeopleFilter, match: Match | None) -> Order:
    if people_filter.sort is Sort.MATCH and match:
        return match.order
    if people_filter.sort is Sort.NEWEST:
        return (Account.verified_at.desc(), Account.id.desc())
    return BY_NAME
