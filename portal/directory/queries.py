"""Lists of people, narrowed and ordered only by what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Integer, ScalarSelect, Subquery, func, select

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.alphabets import viewer_language
from portal.core.db.base import AnySelect, inline_literal, shown_value
from portal.core.db.lists import LIMIT_DEFAULT, SHAPES_MAX, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.directory import conditions
from portal.directory.conditions import FilterShape, SearchContext, shape_and_values
from portal.directory.filters import Group, PeopleFilter, Sort
from portal.directory.name_search import DoubtfulWords, misspelled_words
from portal.directory.nearest_names import MISSED, NEAREST_MAX, nearest_names
from portal.directory.selection import select_people_of
from portal.profiles.models import Profile
from portal.profiles.policies import listed
from portal.profiles.relationships import has_follows
from portal.profiles.visibility import PersonCard, card, cards_seen_by

COUNTED_MAX, EVERYBODY_MAX = 1000, 5000


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

    ``total`` is ``COUNTED_MAX + 1`` where counting ended because there are more than ``COUNTED_MAX``, and 0 for a
    filter that narrows nothing, whose number is that of its group. ``nearest`` is set where nobody matches a searched
    name.
    """

    people: Page[PersonCard]
    total: int
    nearest: NearestPeople | None = None


def context_and_groups(actor: Actor, people_filter: PeopleFilter) -> tuple[SearchContext, dict[Group | None, int]]:
    """Return the search context of a filter, and the number of people in each group that the actor has.

    The key ``None`` stands for everybody, of whom at most ``EVERYBODY_MAX + 1`` are counted. All is read in one
    statement.
    """
    doubtful = DoubtfulWords.of(people_filter.search)
    values = {**caller_values(actor), "city_id": people_filter.city_id, **doubtful.values}
    row = _context_and_groups(kind_of(actor), len(doubtful.words)).rows(**values)[0]
    context = conditions.context_from_row(row, people_filter)
    has = {Group.YEAR: context.year is not None, Group.CITY: context.home is not None}
    return context, {group: getattr(row, _label(group)) for group in _groups() if group is None or has.get(group, True)}


@lru_cache(SHAPES_MAX)
def _context_and_groups(actor: Actor, doubtful: int) -> RawQuery:
    sizes = (_size_of_group(actor, group).label(_label(group)) for group in _groups())
    return RawQuery(conditions.context_row(actor, doubtful).add_columns(*sizes))


def _groups() -> tuple[Group | None, ...]:
    return (None, Group.YEAR, Group.CITY, *([Group.FOLLOWING] if has_follows() else []))


def _label(group: Group | None) -> str:
    return f"group_{group or 'everybody'}"


def _size_of_group(actor: Actor, group: Group | None) -> ScalarSelect[int]:
    people = conditions.matching_profiles(actor, FilterShape(group=group))
    ids = people.with_only_columns(Profile.account_id).limit(inline_literal(EVERYBODY_MAX + 1)).subquery()
    return select(func.count()).select_from(ids).scalar_subquery()


def people_until(
    actor: Actor, people_filter: PeopleFilter, context: SearchContext, *, until: str | None, count_all: bool = False
) -> CountedPeople:
    """Return the people of a filter up to one page beyond the cursor ``until``, and the length of their whole list.

    Without ``until`` they are the first page; of a very long list the first of them may be left out (see
    ``ListQuery.page_until``). Everything is read in one statement; only a filter that narrows is counted, to at most
    ``COUNTED_MAX + 1``, unless ``count_all``. Raise ``Invalid`` for a cursor of another list.
    """
    shape, values = shape_and_values(people_filter, context)
    is_counted, most = count_all or people_filter.is_narrowed, None if count_all else COUNTED_MAX + 1
    values |= caller_values(actor)
    kind, scope = kind_of(actor), people_filter.scope
    rows = _PEOPLE.page_until(kind, shape, is_counted, most, values=values, scope=scope, until=until)
    if not rows.items and people_filter.search:
        return CountedPeople(rows.map(card), 0, nearest_people(actor, people_filter))
    return CountedPeople(rows.map(card), rows.items[0].total if is_counted and rows.items else 0)


def people_after(
    actor: Actor,
    people_filter: PeopleFilter,
    context: SearchContext,
    *,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[PersonCard]:
    """Return the page of a filter's people that follows ``cursor``, the first one if it is ``None``.

    Raise ``Invalid`` for a cursor of another list.
    """
    shape, values = shape_and_values(people_filter, context)
    values |= caller_values(actor)
    scope = people_filter.scope
    return _PEOPLE.page(kind_of(actor), shape, values=values, scope=scope, cursor=cursor, limit=limit).map(card)


def nearest_people(actor: Actor, people_filter: PeopleFilter) -> NearestPeople:
    """Return up to ``NEAREST_MAX`` people who may be meant by the filter's search, which matches nobody in its list.

    They are those who have the name but not the other criteria, else those of the nearest names.
    """
    alone = PeopleFilter(search=people_filter.search, sort=Sort.MATCH)
    if people_filter.is_narrowed_beyond_search:
        context = SearchContext(misspelled=misspelled_words(alone.search))
        namesakes = people_after(actor, alone, context, limit=NEAREST_MAX).items
        if namesakes:
            return NearestPeople(namesakes, have_the_name=True)
    match = nearest_names(alone.search, listed())
    if match is None:
        return NearestPeople([], have_the_name=False)
    statement = cards_seen_by(kind_of(actor), with_follows=True).where(listed(), match.condition)
    statement = statement.add_columns(match.distance.label("distance"))
    nearest = statement.order_by(*match.order(viewer_language())).limit(NEAREST_MAX)
    found = RawQuery(nearest).rows(**caller_values(actor))
    # Somebody of whom fewer words fit is not meant where others fit in all.
    return NearestPeople([card(row) for row in found if row.distance < found[0].distance + MISSED], have_the_name=False)


def newest_in_city(actor: Actor, city_id: int, limit: int) -> list[PersonCard]:
    """Return up to ``limit`` other people who live in a city, most recently verified first.

    Only people whose city the actor may see are included. The cards omit the city.
    """
    rows = _newest_in_city(kind_of(actor), limit).rows(**caller_values(actor), city_id=city_id)
    return [replace(card(row), city=None) for row in rows]


@lru_cache(SHAPES_MAX)
def _newest_in_city(actor: Actor, limit: int) -> RawQuery:
    people = cards_seen_by(actor, with_follows=True)
    others = people.where(listed(), City.id == shown_value("city_id", Integer), Account.id != actor.account_id)
    return RawQuery(others.order_by(Account.verified_at.desc(), Account.id).limit(inline_literal(limit)))


def _select(actor: Actor, shape: FilterShape, is_counted: bool = False, most: int | None = None) -> ListStatement:
    """Return the statement of the cards of a filter's people; ``is_counted``, with their number, at most ``most``."""
    people = select_people_of(actor, shape)

    def details(page: Subquery) -> AnySelect:
        cards = cards_seen_by(actor, with_follows=True).join(page, page.c.id == Account.id)
        return cards.add_columns(people.total(most)) if is_counted else cards

    return ListStatement(people.ids, people.order, details)


_PEOPLE = ListQuery(_select)
