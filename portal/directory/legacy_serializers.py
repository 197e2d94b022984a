"""Reads of the directory in the form of the legacy contract."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any

from sqlalchemy import Subquery

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.core.db.lists import LIMIT_DEFAULT, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.directory.conditions import FilterShape, SearchContext, matching_people, shape_and_values
from portal.directory.filters import PeopleFilter, Sort
from portal.directory.name_search import misspelled_words
from portal.directory.nearest_names import NEAREST_MAX, nearest_names
from portal.directory.selection import select_people_of
from portal.profiles.legacy_serializers import LegacyPerson, legacy_people
from portal.profiles.policies import listed

FIELDS = tuple(field.name for field in fields(LegacyPerson))


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
    return [_person(row) for row in nearest.first(NEAREST_MAX).rows(**caller_values(actor), **values)[:NEAREST_MAX]]


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
