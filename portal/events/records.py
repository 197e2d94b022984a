"""Plain records of events as one viewer may see them, which views and templates get instead of rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from portal.core.approval import Approval
from portal.events.models import Attendance
from portal.profiles.visibility import CityLabel, PersonCard


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSummary:
    """What every page shows of an event, without anything about people.

    ``starts_local`` and ``ends_local`` are wall clock times in ``time_zone``, and ``cost`` is in minor units of
    ``currency``.
    """

    id: uuid.UUID
    title: str
    url: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutline(EventSummary):
    """An approved event as it is shown to somebody who waits for the office.

    ``place`` is empty online, where it may lead to the meeting.
    """

    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard(EventSummary):
    """An event in a list, on a card or on the map, as one viewer sees it.

    ``going`` counts everybody who goes, visible to the viewer or not; ``own_attendance`` is the viewer's.
    """

    capacity: int | None
    going: int
    approval: Approval
    own_attendance: Attendance | None

    @property
    def places_left(self) -> int | None:
        """Number of free places at the event, or ``None`` if the number of participants is not limited."""
        return None if self.capacity is None else max(0, self.capacity - self.going)

    @property
    def is_open(self) -> bool:
        """Whether people can still join the event: it is approved, not cancelled and not over."""
        return self.approval is Approval.APPROVED and not self.cancelled and not self.over

    @property
    def is_plan(self) -> bool:
        """Whether the viewer goes to the event or waits for a place, and it can still be expected to take place."""
        return self.own_attendance is not None and not self.cancelled and self.approval is not Approval.DECLINED

    @property
    def is_full(self) -> bool:
        """Whether all places at the event are taken, so that joining it leads to the waiting list."""
        return self.places_left == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisedEvent(EventCard):
    """An event in a list, with the card of its organiser, or ``None`` if the viewer may not see that person."""

    owner: PersonCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetails(OrganisedEvent):
    """One event with everything that its own page shows.

    ``first_participants`` are the first of the ``visible_participants`` people going whom the viewer may see,
    ``waiting`` is the length of the waiting list, and the ``may_`` flags say what the viewer may do.
    """

    description: str
    decision_note: str | None
    first_participants: list[PersonCard]
    visible_participants: int
    waiting: int
    may_edit: bool
    may_review: bool

    @property
    def hidden_participants(self) -> int:
        """Number of people going whom the viewer may not see."""
        return max(0, self.going - self.visible_participants)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyEvent:
    """An event as the legacy contract knows it; its fields are those of the JSON.

    ``location`` is ``Country, City`` or free text, ``datetime`` a wall clock time without time zone, ``cost`` in units
    of the currency, and ``approved`` ``None`` while the event waits for review. ``participants_ids`` may hold stand-in
    ids.
    """

    id: uuid.UUID
    owner_id: uuid.UUID
    participants_ids: list[str]
    title: str
    description: str
    location: str
    datetime: datetime
    cost: float
    is_online: bool
    approved: bool | None
