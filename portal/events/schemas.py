"""Query arguments, bodies and answers of the event endpoints, in the shapes of the existing clients."""

from __future__ import annotations

import uuid

from pydantic import NaiveDatetime

from portal.api.schemas import PageQuery, Query, Schema
from portal.api.shapes.event import EventItem


class EventQuery(PageQuery):
    """``search`` is part of a title, whatever the case."""

    search: str | None = None


class AttendanceQuery(Query):
    """``participant_id`` is the person who joins or leaves; without it, the caller."""

    participant_id: uuid.UUID | None = None


class EventIn(Schema):
    """A new event.

    ``datetime`` is a wall clock time without offset, ``location`` is ``Country, City``, ``cost`` is in whole units,
    ``cover`` is base64.
    """

    title: str
    description: str
    location: str
    datetime: NaiveDatetime
    cost: float
    is_online: bool
    cover: str | None = None


class EventChange(Schema):
    """A changed event; what is absent or null stays as it is, but a ``cover`` of null takes the picture away."""

    title: str | None = None
    description: str | None = None
    location: str | None = None
    datetime: NaiveDatetime | None = None
    cost: float | None = None
    is_online: bool | None = None
    cover: str | None = None


class EventOut(EventItem):
    """An event with its picture in base64; lists carry a smaller version of it."""

    cover: str | None


class EventCreated(Schema):
    """The id of the new event."""

    id: str


class EventCover(Schema):
    """The cover in base64, or null."""

    cover: str | None
