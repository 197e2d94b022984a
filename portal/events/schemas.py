"""The schemas of query arguments, bodies and answers of the event endpoints, in the legacy contract."""

from __future__ import annotations

import uuid

from pydantic import NaiveDatetime

from portal.api.schemas import PageQuery, Query, Schema, SearchText
from portal.api.shapes.event import EventItem


class EventQuery(PageQuery):
    """The query arguments of the list of events; ``search`` is a text that the title or the place contains."""

    search: SearchText | None = None


class AttendanceQuery(Query):
    """The query argument of joining and leaving; ``participant_id`` is the person, by default the caller."""

    participant_id: uuid.UUID | None = None


class EventIn(Schema):
    """A new event.

    ``datetime`` is a wall clock time without offset. ``location`` is ``Country, City``, or any text for an online
    event. ``cost`` is in whole units of the currency, and ``cover`` is a picture in base64.
    """

    title: str
    description: str
    location: str
    datetime: NaiveDatetime
    cost: float
    is_online: bool
    cover: str | None = None


class EventChange(Schema):
    """The changes of an event; values that are absent or null stay as they are, but a ``cover`` of null removes it.

    ``datetime`` is a wall clock time without offset. ``location`` is ``Country, City``, or any text for an online
    event. ``cost`` is in whole units of the currency, and ``cover`` is a picture in base64.
    """

    title: str | None = None
    description: str | None = None
    location: str | None = None
    datetime: NaiveDatetime | None = None
    cost: float | None = None
    is_online: bool | None = None
    cover: str | None = None


class EventOut(EventItem):
    """An event with its cover in base64, or null if it has none; in lists the cover is reduced in size."""

    cover: str | None


class EventCreated(Schema):
    """The id of the event that was created."""

    id: str


class EventCover(Schema):
    """The cover of an event in base64, or null if it has none."""

    cover: str | None
