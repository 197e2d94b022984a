"""Events without anything about people: what somebody sees who waits for the office to let them in.

An outline has neither organiser nor participants nor how many they are, so that no template can show them.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Row, Select, select

from portal.cities.models import City
from portal.core.approval import Approval
from portal.events.conditions import takes_place
from portal.events.models import Event
from portal.events.queries import LARGE_COVER_VARIANT, no_such_event, summary_values
from portal.events.records import EventOutline
from portal.extensions import db
from portal.profiles.visibility import CITY_COLUMNS

LISTED_MAX = 100


def upcoming(limit: int = LISTED_MAX) -> list[EventOutline]:
    """Return the outlines of running and coming approved events, at most ``limit``, the earliest first."""
    coming = _select_approved().where(takes_place()).order_by(Event.starts_at, Event.id)
    return [_outline(row) for row in db.session.execute(coming.limit(limit))]


def find(event_id: uuid.UUID) -> EventOutline:
    """Return the outline of one approved event; raise ``NotFound`` if there is none with this id."""
    row = db.session.execute(_select_approved().where(Event.id == event_id)).one_or_none()
    if row is None:
        raise no_such_event()
    return _outline(row)


def _select_approved() -> Select[Any]:
    statement: Select[Any] = select(Event, *CITY_COLUMNS).outerjoin(City, City.id == Event.city_id)
    return statement.where(Event.approval == Approval.APPROVED)


def _outline(row: Row[Any]) -> EventOutline:
    values = summary_values(row, LARGE_COVER_VARIANT)
    place = "" if row.Event.is_online else row.Event.place
    return EventOutline(**{**values, "place": place}, description=row.Event.description)
