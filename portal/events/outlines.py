"""Events without anything about people: what somebody sees who waits for the office to let them in.

An outline has neither organiser nor participants nor how many they are, so that no template can show them.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Integer, Row, bindparam, select

from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.db.base import AnySelect
from portal.core.db.raw_queries import RawQuery
from portal.events.conditions import order_of, takes_place
from portal.events.filters import Tab
from portal.events.models import Event
from portal.events.queries import LARGE_COVER_VARIANT, SUMMARY_COLUMNS, no_such_event, summary_values
from portal.events.records import EventOutline

LISTED_MAX = 100


def upcoming(limit: int = LISTED_MAX) -> list[EventOutline]:
    """Return the outlines of running and coming approved events, at most ``limit``, the earliest first."""
    return [_outline(row) for row in _UPCOMING.rows(limit=limit)]


def find(event_id: uuid.UUID) -> EventOutline:
    """Return the outline of one approved event; raise ``NotFound`` if there is none with this id."""
    found = _ONE.rows(event=event_id)
    if not found:
        raise no_such_event()
    return _outline(found[0])


def _select_approved() -> AnySelect:
    statement: AnySelect = select(*SUMMARY_COLUMNS, Event.description).select_from(Event)
    return statement.outerjoin(City, City.id == Event.city_id).where(Event.approval == Approval.APPROVED)


_UPCOMING = RawQuery(
    _select_approved().where(takes_place()).order_by(*order_of(Tab.UPCOMING)).limit(bindparam("limit", type_=Integer))
)
_ONE = RawQuery(_select_approved().where(Event.id == bindparam("event")))


def _outline(row: Row[Any]) -> EventOutline:
    values = summary_values(row, LARGE_COVER_VARIANT)
    place = "" if row.is_online else row.place
    return EventOutline(**{**values, "place": place}, description=row.description)
