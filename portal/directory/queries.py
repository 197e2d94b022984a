"""Lists of people, narrowed and ordered only by what the viewer may see."""

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
from portal.directory.filters import Group, PeopleFilter, Sort
from portal.directory.name_search import Match, by_name
from portal.directory.nearest_names import MISSED, nearest_names
from portal.extensions import db
from portal.profiles.models import Profile
from portal.profiles.policies import listed
from portal.profiles.relationships import has_follows
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person

COUNTED_MAX, EVERYBODY_MAX = 1000, 5000
NEAREST_MAX = 5
Order = tuple[UnaryExpression[Any], ...]


@dataclass(frozen=True, slots=True)
class NearestPeople:
    """The people who may be meant by a searched name that nobody in the list has, nearest first.

    ``have_the_name``: they do have the name, but the other criteria of the filter leave them out.
    """

    people: list[PersonCard]
    have_the_name: bool


@dataclass(frozen=True, slots=True)
class CountedPeople:
    """A page of people, and the number of people in the whole list.

    ``total`` is ``COUNTED_MAX + 1`` where counting ended because there are more than ``COUNTED_MAX``. ``nearest`` is
    set where nobody matches a searched name.
    """

    people: Page[PersonCard]
    total: int
    nearest: NearestPeople | None = None


@dataclass(frozen=True, slots=True)
class PeopleSelection:
    """The people of a filter as statements: ``ids`` selects their ids, to be sorted by the terms ``order``.

    ``unordered`` selects the same ids for counting, without what only the order needs.
    """

    ids: Select[Any]
    order: Order
    unordered: Select[Any]

    def total(self, most: int | None) -> ColumnElement[int]:
        """Return the SQL expression, labelled ``total``, of the number of selected people, at most ``most``."""
        rows = self.unordered.limit(most).subquery()
        return select(func.count()).select_from(rows).scalar_subquery().label("total")

    def materialised(self) -> PeopleSelection:
        """Return the selection as a common table expression (CTE), which PostgreSQL runs once to count and to list.

        Use it for a selection that costs more to run twice than to keep.
        """
        keys = (term.element.label(f"key_{place}") for place, term in enumerate(self.order))
        selected = self.ids.add_columns(*keys).cte("selected")
        columns = ((selected.c[f"key_{place}"], term.modifier is desc_op) for place, term in enumerate(self.order))
        order = tuple(column.desc() if is_descending else column.asc() for column, is_descending in columns)
        return PeopleSelection(select(selected.c.id), order, select(selected.c.id))


def context_and_groups(actor: Actor, people_filter: PeopleFilter) -> tuple[SearchContext, dict[Group | None, int]]:
    """Return the search context of a filter, and the number of people in each group that the actor has.

    The key ``None`` stands for everybody, of whom at most ``EVERYBODY_MAX + 1`` are counted. All is read in one
    statement.
    """
    groups = (None, Group.YEAR, Group.CITY, *([Group.FOLLOWING] if has_follows() else []))
    row = conditions.context_row(actor, people_filter).add_columns(*(_size_of_group(actor, group) for group in groups))
    values = db.session.execute(row).one()
    context = conditions.context_from_row(values, people_filter)
    has = {Group.YEAR: context.year is not None, Group.CITY: context.home is not None}
    numbers = zip(groups, values[-len(groups) :], strict=True)
    return context, {group: number for group, number in numbers if group is None or has.get(group, True)}


def _size_of_group(actor: Actor, group: Group | None) -> ColumnElement[int]:
    people = conditions.matching_profiles(actor, PeopleFilter(group=group), None)
    ids = people.with_only_columns(Profile.account_id).limit(EVERYBODY_MAX + 1).subquery()
    return select(func.count()).select_from(ids).scalar_subquery()


def people_until(
    actor: Actor, people_filter: PeopleFilter, context: SearchContext, *, until: str | None, count_all: bool = False
) -> CountedPeople:
    """Return the people of a filter up to one page beyond the cursor ``until``, and the length of their whole list.

    Without ``until`` they are the first page; of a very long list the first of them may be left out (``keyset_until``).
    Everything is read in one statement; counting stops at ``COUNTED_MAX + 1`` unless ``count_all``. Raise ``Invalid``
    for a cursor of another list.
    """
    selection = _select(actor, people_filter, context)
    most = None if count_all else COUNTED_MAX + 1

    def details(page: Subquery) -> Select[Any]:
        return _cards(actor, page).add_columns(selection.total(most))

    rows = keyset_until(selection.ids, order=selection.order, until=until, scope=people_filter.scope, details=details)
    if not rows.items and people_filter.search:
        return CountedPeople(rows.map(card), 0, nearest_people(actor, people_filter))
    return CountedPeople(rows.map(card), rows.items[0].total if rows.items else 0)


def nearest_people(actor: Actor, people_filter: PeopleFilter) -> NearestPeople:
    """Return up to ``NEAREST_MAX`` people who may be meant by the filter's search, which matches nobody in its list.

    They are those who have the name but not the other criteria, else those of the nearest names.
    """
    alone = PeopleFilter(search=people_filter.search, sort=Sort.MATCH)
    if people_filter.is_narrowed_beyond_search:
        selection = _select(actor, alone, SearchContext(misspelled=conditions.misspelled_words(alone.search)))
        rows = keyset_page(
            selection.ids,
            order=selection.order,
            cursor=None,
            limit=NEAREST_MAX,
            scope=alone.scope,
            details=partial(_cards, actor),
        )
        if rows.items:
            return NearestPeople(rows.map(card).items, have_the_name=True)
    match = nearest_names(alone.search, listed())
    if match is None:
        return NearestPeople([], have_the_name=False)
    statement = cards_seen_by(actor, with_follows=True).where(listed(), match.condition)
    statement = statement.add_columns(match.distance.label("distance"))
    found = db.session.execute(statement.order_by(*match.order).limit(NEAREST_MAX)).all()
    # Somebody of whom fewer words fit is not meant where others fit in all.
    return NearestPeople([card(row) for row in found if row.distance < found[0].distance + MISSED], have_the_name=False)


def people_after(
    actor: Actor, people_filter: PeopleFilter, context: SearchContext, *, cursor: str | None
) -> Page[PersonCard]:
    """Return the page of a filter's people that follows ``cursor``, the first one if it is ``None``.

    Raise ``Invalid`` for a cursor of another list.
    """
    selection, details = _select(actor, people_filter, context), partial(_cards, actor)
    page = keyset_page(selection.ids, order=selection.order, cursor=cursor, scope=people_filter.scope, details=details)
    return page.map(card)


def newest_in_city(actor: Actor, city_id: int, limit: int) -> list[PersonCard]:
    """Return up to ``limit`` other people who live in a city, most recently verified first.

    Only people whose city the actor may see are included. The cards omit the city.
    """
    statement = (
        cards_seen_by(actor, with_follows=True)
        .where(listed(), City.id == city_id, Account.id != actor.account_id)
        .order_by(Account.verified_at.desc(), Account.id)
    )
    return [replace(card(row), city=None) for row in db.session.execute(statement.limit(limit))]


def list_profiles(
    actor: Actor, *, city_id: int | None, search: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[Person]:
    """Return a page of full profiles of listed people, with relationships.

    ``city_id`` keeps those who let the actor know that they live there. ``search`` keeps those whose names match, best
    match first, or, if nobody's does, up to ``NEAREST_MAX`` people of the nearest names; if it is empty, people are
    ordered by id. Raise ``Invalid`` for a cursor of another list.
    """
    people_filter = PeopleFilter(search=search, city_id=city_id, sort=Sort.MATCH)
    selection = _select(actor, people_filter, SearchContext(misspelled=conditions.misspelled_words(search)))
    order = selection.order if search else (Account.id.asc(),)

    def details(page: Subquery) -> Select[Any]:
        return people_seen_by(actor, with_relationships=True).join(page, page.c.id == Account.id)

    scope = f"directory {city_id or 'all'} {search}"
    rows = keyset_page(selection.ids, order=order, cursor=cursor, limit=limit, scope=scope, details=details)
    if not rows.items and search and cursor is None and (match := nearest_names(search, listed())):
        ids = conditions.matching_people(actor, people_filter, match).with_only_columns(Account.id)
        nearest = keyset_page(ids, order=match.order, cursor=None, limit=NEAREST_MAX, scope=scope, details=details)
        return Page([person(row) for row in nearest.items], None)
    return rows.map(person)


def _select(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> PeopleSelection:
    match = conditions.name_match(people_filter, context)
    unordered = ids = conditions.matching_people(actor, people_filter, match).with_only_columns(Account.id)
    order = _order(people_filter, match)
    if context.home and (people_filter.near or people_filter.sort is Sort.NEAREST):
        cities = conditions.cities_around(context.home, people_filter.near)
        ids = ids.join(cities, cities.c.id == City.id)
        if people_filter.sort is Sort.NEAREST:
            order = (cities.c.km.asc(), *by_name())
    selection = PeopleSelection(ids, order, unordered)
    return selection.materialised() if match or people_filter.near else selection


def _cards(actor: Actor, page: Subquery) -> Select[Any]:
    return cards_seen_by(actor, with_follows=True).join(page, page.c.id == Account.id)


def _order(people_filter: PeopleFilter, match: Match | None) -> Order:
    if people_filter.sort is Sort.MATCH and match:
        return match.order
    if people_filter.sort is Sort.NEWEST:
        return (Account.verified_at.desc(), Account.id.desc())
    return by_name()
