"""Events without anything about people: what somebody sees who waits for the office to let them in.

An outline has neither organiser nor participants nor how many they are. It is read without these columns, so that no
template can show them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events.conditions import takes_place
from portal.events.models import Event
from portal.events.queries import LARGE_COVER_VARIANT, no_such_event
from portal.extensions import db
from portal.files.services import picture_url
from portal.profiles.visibility import CITY_COLUMNS, HUES, CityLabel, city_of

LISTED_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutline:
    """An approved event without anything about people; ``place`` is empty online, where it may lead to the meeting.

    ``starts_local`` and ``ends_local`` are wall clock times in ``time_zone``, and ``cost`` is in minor units of
    ``currency``.
    """

    id: uuid.UUID
    title: str
    description: str
    starts_local: datetime
    ends_local: datetime | None
    time_zone: str
    starts_at: datetime
    ends_at: datetime | None
    city: CityLabel | None
    place: str
    is_online: bool
    cost: int
    currency: str
    cover_url: str | None
    cancelled: bool
    over: bool
    running: bool
    hue: int

    @property
    def url(self) -> str:
        """The path of the event's page."""
        return f"/events/{self.id}"


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
    event: Event = row.Event
    copied = ("id", "title", "description", "starts_local", "ends_local", "time_zone", "starts_at", "ends_at")
    return EventOutline(
        **{name: getattr(event, name) for name in (*copied, "is_online", "cost", "currency")},
        city=city_of(row),
        place="" if event.is_online else event.place,
        cover_url=picture_url(event.cover_id, LARGE_COVER_VARIANT) if event.cover_id else None,
        cancelled=event.cancelled_at is not None,
        over=event.is_over(now()),
        running=event.is_running(now()) and event.cancelled_at is None,
        hue=event.id.int % HUES,
    )
