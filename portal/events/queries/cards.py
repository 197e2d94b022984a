"""Cards of events: the columns that they need, and the records made of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.base import AnySelect
from portal.events.conditions import participant_count
from portal.events.models import Attendance, Event, Participation, end_on_the_clock
from portal.events.queries.visibility import visible_to
from portal.events.records import EventCard, OrganisedEvent
from portal.files.services import picture_url
from portal.profiles import queries as profiles
from portal.profiles.visibility import CITY_COLUMNS, HUES, city_of

COVER_VARIANT = "640"
LARGE_COVER_VARIANT = "1280"
COPIED_COLUMNS = (
    Event.id,
    Event.title,
    Event.starts_local,
    Event.time_zone,
    Event.starts_at,
    Event.ends_at,
    Event.place,
    Event.is_online,
    Event.cost,
    Event.currency,
)
"""The columns of an event that every page shows as they are."""
SUMMARY_COLUMNS: tuple[Any, ...] = (
    *COPIED_COLUMNS,
    Event.over_at.label("over_at"),
    Event.approval,
    Event.cancelled_at,
    Event.cover_id,
    *CITY_COLUMNS,
)
"""The columns of an event and its city that ``summary_values`` reads."""


def select_cards(actor: Actor) -> AnySelect:
    """Return a statement for the events that the actor may see, with the columns that ``event_card`` reads.

    They are those of the event, of its city, the number of people going, and the actor's own attendance.
    """
    own_state = (
        select(Participation.state)
        .where(Participation.event_id == Event.id, Participation.account_id == actor.account_id)
        .correlate(Event)
        .scalar_subquery()
    )
    going = participant_count(Attendance.GOING).label("going")
    columns = (*SUMMARY_COLUMNS, Event.owner_id, Event.capacity, going, own_state.label("own_attendance"))
    return visible_to(actor).with_only_columns(*columns).outerjoin(City, City.id == Event.city_id)


def event_card(row: Row[Any]) -> EventCard:
    """Return the card of the event in one row of ``select_cards``."""
    return EventCard(**card_values(row))


def with_organisers(actor: Actor, rows: Sequence[Row[Any]]) -> list[OrganisedEvent]:
    """Return the events in rows of ``select_cards``, each with the card of its organiser.

    The organisers are read in one further statement; one whom the actor may not see is ``None``.
    """
    owners = profiles.cards(actor, {row.owner_id for row in rows})
    return [OrganisedEvent(**card_values(row), owner=owners.get(row.owner_id)) for row in rows]


def card_values(row: Row[Any], cover_variant: str = COVER_VARIANT) -> dict[str, Any]:
    """Return the fields of an ``EventCard``, by name, from one row of ``select_cards``.

    ``cover_variant`` is the variant of the cover to which ``cover_url`` leads.
    """
    return {
        **summary_values(row, cover_variant),
        "capacity": row.capacity,
        "going": row.going,
        "approval": Approval(row.approval),
        "own_attendance": Attendance(row.own_attendance) if row.own_attendance else None,
    }


def summary_values(row: Row[Any], cover_variant: str) -> dict[str, Any]:
    """Return the fields of an ``EventSummary``, by name, from a row with ``SUMMARY_COLUMNS``."""
    moment, is_cancelled = now(), row.cancelled_at is not None
    is_running = row.starts_at <= moment < row.over_at and not is_cancelled and row.approval == Approval.APPROVED
    return {
        **{column.key: getattr(row, column.key) for column in COPIED_COLUMNS},
        "ends_local": end_on_the_clock(row.ends_at, row.time_zone),
        "url": f"/events/{row.id}",
        "city": city_of(row),
        "cover_url": picture_url(row.cover_id, cover_variant) if row.cover_id else None,
        "cancelled": is_cancelled,
        "over": row.over_at <= moment,
        "running": is_running,
        "hue": row.id.int % HUES,
    }
