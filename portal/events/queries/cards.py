"""Cards of events: the columns that they need, and the records made of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events.conditions import participant_count
from portal.events.models import Attendance, Event, Participation
from portal.events.queries.visibility import visible_to
from portal.events.records import EventCard, OrganisedEvent
from portal.files.services import picture_url
from portal.profiles import queries as profiles
from portal.profiles.visibility import CITY_COLUMNS, HUES, city_of

COVER_VARIANT = "640"
LARGE_COVER_VARIANT = "1280"


def select_cards(actor: Actor) -> Select[Any]:
    """Return a statement for the events that the actor may see, with the columns that ``event_card`` reads.

    They are the event, its city, the number of people going, and the actor's own attendance.
    """
    return (
        visible_to(actor)
        .outerjoin(City, City.id == Event.city_id)
        .add_columns(*CITY_COLUMNS, *attendance_columns(actor))
    )


def attendance_columns(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    """Return the columns ``going`` and ``own_attendance`` for statements over ``Event``.

    The first is the number of people going, the second the actor's own state, NULL if the actor has not joined.
    """
    own_state = (
        select(Participation.state)
        .where(Participation.event_id == Event.id, Participation.account_id == actor.account_id)
        .correlate(Event)
        .scalar_subquery()
    )
    return participant_count(Attendance.GOING).label("going"), own_state.label("own_attendance")


def event_card(row: Row[Any]) -> EventCard:
    """Return the card of the event in one row of ``select_cards``."""
    return EventCard(**card_values(row))


def with_organisers(actor: Actor, rows: Sequence[Row[Any]]) -> list[OrganisedEvent]:
    """Return the events in rows of ``select_cards``, each with the card of its organiser.

    The organisers are read in one further statement; one whom the actor may not see is ``None``.
    """
    owners = profiles.cards(actor, {row.Event.owner_id for row in rows})
    return [OrganisedEvent(**card_values(row), owner=owners.get(row.Event.owner_id)) for row in rows]


def card_values(row: Row[Any], cover_variant: str = COVER_VARIANT) -> dict[str, Any]:
    """Return the fields of an ``EventCard``, by name, from one row of ``select_cards``.

    ``cover_variant`` is the variant of the cover to which ``cover_url`` leads.
    """
    return {
        **summary_values(row, cover_variant),
        "capacity": row.Event.capacity,
        "going": row.going,
        "approval": Approval(row.Event.approval),
        "own_attendance": Attendance(row.own_attendance) if row.own_attendance else None,
    }


def summary_values(row: Row[Any], cover_variant: str) -> dict[str, Any]:
    """Return the fields of an ``EventSummary``, by name, from a row with an event and the columns of its city."""
    event: Event = row.Event
    copied = ("id", "title", "starts_local", "ends_local", "time_zone", "starts_at", "ends_at", "place", "is_online")
    return {
        **{name: getattr(event, name) for name in (*copied, "cost", "currency")},
        "url": f"/events/{event.id}",
        "city": city_of(row),
        "cover_url": picture_url(event.cover_id, cover_variant) if event.cover_id else None,
        "cancelled": event.cancelled_at is not None,
        "over": event.is_over(now()),
        "running": event.is_running(now()) and event.cancelled_at is None and event.approval == Approval.APPROVED,
        "hue": event.id.int % HUES,
    }
