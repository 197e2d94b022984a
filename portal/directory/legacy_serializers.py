"""Reads of the directory in the form of the legacy contract."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Subquery, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.accounts.models import Account
from portal.api.schemas import envelope
from portal.api.shared_lists import SharedList
from portal.cities.models import CITIES
from portal.core.actor import Actor
from portal.core.alphabets import viewer_language
from portal.core.db.base import AnySelect
from portal.core.db.lists import LIMIT_DEFAULT, SHAPES_MAX, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.directory.conditions import FilterShape, SearchContext, matching_people, shape_and_values
from portal.directory.filters import PeopleFilter, Sort
from portal.directory.name_search import misspelled_words
from portal.directory.nearest_names import NEAREST_MAX, nearest_names
from portal.directory.selection import select_people_of
from portal.profiles.legacy_serializers import LegacyPerson, legacy_people
from portal.profiles.models import PEOPLE
from portal.profiles.policies import listed
from portal.profiles.relationships import is_followed_by

FIELDS = tuple(field.name for field in fields(LegacyPerson))


def page_json(
    actor: Actor, *, city_id: int | None, search: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Any:
    """Return the JSON of the page that ``page`` returns; what most callers of a kind get is remembered for all.

    The people of a city are not: whoever hides their city from everybody is in their own list of it.
    """
    if city_id:
        return envelope(page(actor, city_id=city_id, search=search, cursor=cursor, limit=limit))

    def read(reader: Actor) -> Page[LegacyPerson]:
        return page(reader, city_id=None, search=search, cursor=cursor, limit=limit)

    return _SHARED.answer(actor, (search, cursor, limit, viewer_language()), read)


def page(
    actor: Actor, *, city_id: int | None, search: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[LegacyPerson]:
    """Return a page of the listed people.

    ``city_id`` keeps those who let the actor know that they live there. ``search`` keeps those whose names match, best
    match first, or, if nobody's does, up to ``NEAREST_MAX`` people of the nearest names; if it is empty, people are
    ordered by id. Raise ``Invalid`` for a cursor of another list.
    """
    people_filter = PeopleFilter(search=search, city_id=city_id, sort=Sort.MATCH)
    scope = f"directory {city_id or 'all'} {search}"

    def matching(misspelled: frozenset[str]) -> Page[Any]:
        shape, values = shape_and_values(people_filter, SearchContext(misspelled=misspelled))
        values |= caller_values(actor)
        return _PEOPLE.page(kind_of(actor), shape, values=values, scope=scope, cursor=cursor, limit=limit)

    found = matching(frozenset())
    if not found.items and (misspelled := misspelled_words(search)):
        found = matching(misspelled)
    if not found.items and search and cursor is None:
        return Page(_nearest(actor, people_filter), None)
    return found.map(_person)


def _nearest(actor: Actor, people_filter: PeopleFilter) -> list[LegacyPerson]:
    match = nearest_names(people_filter.search, listed())
    if match is None:
        return []
    shape, values = shape_and_values(replace(people_filter, search=""), SearchContext())
    ids = matching_people(kind_of(actor), shape).where(match.condition)
    nearest = ListStatement(ids, match.order(shape.language), partial(_details, kind_of(actor)))
    values |= caller_values(actor)
    return nearest.page(values=values, scope="nearest", limit=NEAREST_MAX).map(_person).items


def _select(actor: Actor, shape: FilterShape) -> ListStatement:
    """Return the statement of the list as callers of the kind ``actor`` see it."""
    people = select_people_of(actor, shape)
    order = (Account.id.asc(),) if shape.words is None else people.order
    return ListStatement(people.ids, order, partial(_details, actor))


_PEOPLE = ListQuery(_select)


def _details(actor: Actor, page: Subquery) -> AnySelect:
    return legacy_people(actor, FIELDS).join(page, page.c.id == Account.id)


def _person(row: Any) -> LegacyPerson:
    return LegacyPerson(*row[: len(FIELDS)])


def _with_follows(actor: Actor, people: list[LegacyPerson]) -> list[LegacyPerson]:
    """Return the people with whether the actor follows each, or the very list if the actor follows none of them."""
    ids = [person.id for person in people]
    followed = {row.id for row in _followed(kind_of(actor)).rows(**caller_values(actor), people=ids)}
    if not followed:
        return people
    return [replace(person, is_following=True) if person.id in followed else person for person in people]


@lru_cache(SHAPES_MAX)
def _followed(actor: Actor) -> RawQuery:
    """Return the query of the ids of those ``people`` whom callers of the kind ``actor`` follow."""
    is_asked = Account.id == any_(bindparam("people", type_=ARRAY(Uuid)))
    return RawQuery(select(Account.id).where(is_asked, is_followed_by(actor)))


_SHARED: SharedList[LegacyPerson, LegacyPerson] = SharedList(
    "legacy directory",
    PEOPLE,
    CITIES,
    record=lambda person: person,
    personal_to=lambda people: [person.id for person in people],
    personalised=_with_follows,
)
