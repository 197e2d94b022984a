"""Lists and numbers of the events that an actor may see."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from portal.cities.models import CITIES, City
from portal.core.actor import Actor
from portal.core.alphabets import sort_key, viewer_language
from portal.core.approval import Approval
from portal.core.db.lists import SHAPES_MAX, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.db.remembered import Remembered
from portal.events.conditions import (
    SearchedText,
    attended_by,
    contains,
    in_tab,
    is_not_over,
    order_of,
    searched_text,
    takes_place,
    waits_for_review,
)
from portal.events.filters import EventFilter, Tab
from portal.events.models import EVENTS, Event
from portal.events.queries.cards import event_card, select_cards, with_organisers
from portal.events.queries.visibility import visible_to
from portal.events.records import EventCard, OrganisedEvent
from portal.profiles.visibility import CITY_COLUMNS, CityLabel, city_of

REVIEW_MAX = 100
OF_EVERYBODY = frozenset({Tab.UPCOMING, Tab.PAST})
"""The tabs that hold the same events for all members and the office: approved ones."""
CITY_BYTES = 400
NUMBER_BYTES = 32


class FilterShape(NamedTuple):
    """What of an ``EventFilter`` changes the statement of its list; the text and the city are parameters."""

    tab: Tab
    has_city: bool
    online: bool | None
    search: SearchedText.Kind | None


class ShortList(Enum):
    """The lists without a filter: the next events anywhere or in a city, one's own plans, and what waits for review."""

    NEXT = auto()
    NEXT_IN_CITY = auto()
    OWN_PLANS = auto()
    TO_REVIEW = auto()


def page_until(actor: Actor, filters: EventFilter, *, until: str | None) -> Page[EventCard]:
    """Return the visible events that the filter admits, from the first to one page beyond the cursor ``until``.

    Without ``until`` it is the first page, and for a very long list the beginning is left out (see
    ``ListQuery.page_until``). ``order_of`` says in which order. Raises ``Invalid`` for a cursor of another list.
    """
    shape, values = _shape_and_values(actor, filters)
    return _FILTERED.page_until(kind_of(actor), shape, values=values, scope=filters.scope, until=until).map(event_card)


CitiesAndCount = tuple[tuple[CityLabel, ...], int]


def cities_and_count(actor: Actor, filters: EventFilter) -> CitiesAndCount:
    """Return the cities of the events in a tab, and the number of those events that the filter admits.

    Cities are in the alphabet of the viewer, whatever criteria besides the tab are set. Events that the actor may not
    see count for neither. For tabs that are the same for everybody both are remembered, unless a text is searched for.
    """
    shape, values = _shape_and_values(actor, filters)
    language = viewer_language()

    def read() -> CitiesAndCount:
        rows = _counts_by_city(kind_of(actor), shape).rows(**values)
        cities = [city for row in rows if (city := city_of(row))]
        cities.sort(key=lambda city: sort_key(city.full_label(language), language))
        return tuple(cities), sum(row.number for row in rows)

    if filters.tab not in OF_EVERYBODY or filters.search:
        return read()
    return _COUNTED.get((kind_of(actor), filters, language), read)


_COUNTED: Remembered[CitiesAndCount] = Remembered(
    "counted events", EVENTS, CITIES, size=lambda counted: CITY_BYTES * len(counted[0])
)


def upcoming_in_city(actor: Actor, city_id: int, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` events that take place in the city, the earliest first."""
    return _short_cards(actor, ShortList.NEXT_IN_CITY, limit, city=city_id)


def upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` events that take place in any city or online, the earliest first."""
    return _short_cards(actor, ShortList.NEXT, limit)


def upcoming_count(actor: Actor) -> int:
    """Return the number of events that take place in any city or online, as far as the actor may see them.

    That of the system, which the landing page shows, is remembered.
    """

    def count() -> int:
        return _count(actor, ShortList.NEXT)

    return _COMING.get("all", count) if actor.system else count()


_COMING: Remembered[int] = Remembered("coming events", EVENTS, size=lambda _number: NUMBER_BYTES)


def mine_upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` upcoming events that the actor organises, goes to or waits for, the earliest first.

    They are approved or wait for review. Declined and cancelled ones are nobody's plan.
    """
    return _short_cards(actor, ShortList.OWN_PLANS, limit)


def to_review(actor: Actor, limit: int = REVIEW_MAX) -> list[OrganisedEvent]:
    """Return the first ``limit`` events that wait for review and that the actor may see, the oldest first.

    The office gets all of them, other members only those that they organise.
    """
    return with_organisers(actor, _short_rows(actor, ShortList.TO_REVIEW, limit))


def to_review_count(actor: Actor) -> int:
    """Return the number of events that wait for review by the office and that the actor may see."""
    return _count(actor, ShortList.TO_REVIEW)


def _shape_and_values(actor: Actor, filters: EventFilter) -> tuple[FilterShape, dict[str, object]]:
    searched = searched_text(filters.search) if filters.search else None
    kind, pattern = (searched.kind, searched.pattern) if searched else (None, None)
    shape = FilterShape(filters.tab, filters.city_id is not None, filters.online, kind)
    return shape, {**caller_values(actor), "city": filters.city_id, "pattern": pattern}


def _admitted(shape: FilterShape) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter besides its tab, with the parameters ``city`` and ``pattern``."""
    conditions = []
    if shape.has_city:
        conditions.append(Event.city_id == bindparam("city"))
    if shape.online is not None:
        conditions.append(Event.is_online.is_(shape.online))
    if shape.search:
        conditions.append(contains(shape.search, bindparam("pattern")))
    return conditions


def _select_filtered(actor: Actor, shape: FilterShape) -> ListStatement:
    events = select_cards(actor).where(in_tab(actor, shape.tab), *_admitted(shape))
    return ListStatement(events, order_of(shape.tab))


_FILTERED = ListQuery(_select_filtered)


@lru_cache(SHAPES_MAX)
def _counts_by_city(actor: Actor, shape: FilterShape) -> RawQuery:
    """Return the query of the cities of a tab, each with the number of its events that the filter admits.

    One row may be without a city. ``actor`` is a kind of caller. The cities need every event of the tab, so the number
    costs no second read, even of what a text narrows.
    """
    number = func.count().filter(*_admitted(shape)).label("number")
    in_cities = visible_to(actor).where(in_tab(actor, shape.tab)).with_only_columns(Event.city_id, number)
    counted = in_cities.group_by(Event.city_id).subquery()
    cities = select(*CITY_COLUMNS, counted.c.number).select_from(counted)
    return RawQuery(cities.outerjoin(City, City.id == counted.c.city_id).order_by(City.id))


def _short_rows(actor: Actor, which: ShortList, limit: int, **values: object) -> list[Any]:
    values |= caller_values(actor)
    return _SHORT.page(kind_of(actor), which, values=values, scope=which.name, limit=limit).items


def _short_cards(actor: Actor, which: ShortList, limit: int, **values: object) -> list[EventCard]:
    return [event_card(row) for row in _short_rows(actor, which, limit, **values)]


def _select_short(actor: Actor, which: ShortList) -> ListStatement:
    events = select_cards(actor).where(*_conditions_of(actor, which))
    oldest_first = (Event.created_at.asc(), Event.id.asc())
    return ListStatement(events, oldest_first if which is ShortList.TO_REVIEW else order_of(Tab.UPCOMING))


_SHORT = ListQuery(_select_short)


def _conditions_of(actor: Actor, which: ShortList) -> tuple[ColumnElement[bool], ...]:
    match which:
        case ShortList.TO_REVIEW:
            return (waits_for_review(),)
        case ShortList.OWN_PLANS:
            is_involved = or_(Event.owner_id == actor.id, attended_by(actor.id))
            return is_not_over(), Event.cancelled_at.is_(None), Event.approval != Approval.DECLINED, is_involved
        case ShortList.NEXT_IN_CITY:
            return takes_place(), Event.city_id == bindparam("city")
        case ShortList.NEXT:
            return (takes_place(),)


def _count(actor: Actor, which: ShortList) -> int:
    counted = _count_of(kind_of(actor), which).rows(**caller_values(actor))
    return int(counted[0].number)


@lru_cache(SHAPES_MAX)
def _count_of(actor: Actor, which: ShortList) -> RawQuery:
    """Return the query of the number of events in a list, as callers of the kind ``actor`` see them."""
    events = visible_to(actor).where(*_conditions_of(actor, which))
    return RawQuery(events.with_only_columns(func.count().label("number")))
