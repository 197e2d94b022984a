"""The people who go to an event or wait for a place, as far as the actor may know it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, func

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.keyset import Page, keyset_until
from portal.events.conditions import shares_attendance
from portal.events.models import Attendance, Event, Participation
from portal.events.queries.visibility import visible_to
from portal.extensions import db
from portal.profiles.visibility import PersonCard, cards_seen_by
from portal.profiles.visibility import card as person_card

FIRST_PARTICIPANTS = 6
WAITING_SHOWN = 200


def first_participants(actor: Actor, event_id: uuid.UUID) -> tuple[list[PersonCard], int]:
    """Return the first ``FIRST_PARTICIPANTS`` people who go to the event, in the order of joining, and how many go.

    In both, people who do not share their attendance with the actor are left out.
    """
    everybody = func.count().over().label("visible")
    statement = select_participants(actor, event_id, Attendance.GOING).add_columns(everybody)
    first = statement.order_by(Participation.joined_at, Account.id).limit(FIRST_PARTICIPANTS)
    rows = db.session.execute(first).all()
    return [person_card(row) for row in rows], rows[0].visible if rows else 0


def attendance_list(actor: Actor, event_id: uuid.UUID) -> tuple[list[PersonCard], list[PersonCard]]:
    """Return all people who go to an event and all who wait for a place, each in the order of joining.

    People who do not share their attendance with the actor are left out.
    """
    order = (Participation.joined_at, Participation.account_id)
    going, waiting = (
        db.session.execute(select_participants(actor, event_id, state).order_by(*order)).all()
        for state in (Attendance.GOING, Attendance.WAITING)
    )
    return [person_card(row) for row in going], [person_card(row) for row in waiting]


def participants(actor: Actor, event_id: uuid.UUID, *, until: str | None = None) -> Page[PersonCard]:
    """Return the people who go to an event and share their attendance with the actor, in the order of joining.

    They begin with the first and end one page beyond the cursor ``until``; without it, this is the first page. It is
    empty if the actor may not see the event. Raises ``Invalid`` for a cursor of another list.
    """
    rows = keyset_until(
        select_participants(actor, event_id, Attendance.GOING),
        order=(Participation.joined_at.asc(), Participation.account_id.asc()),
        until=until,
        scope=f"participants {event_id}",
    )
    return rows.map(person_card)


def waiting_list(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """Return the first ``WAITING_SHOWN`` people on the waiting list of an event, in the order of joining.

    People who do not share their attendance with the actor are left out.
    """
    statement = select_participants(actor, event_id, Attendance.WAITING).limit(WAITING_SHOWN)
    ordered = statement.order_by(Participation.joined_at, Participation.account_id)
    return [person_card(row) for row in db.session.execute(ordered)]


def select_participants(actor: Actor, event_id: uuid.UUID, state: Attendance) -> Select[Any]:
    """Return a statement for the people whose attendance at the event is ``state``, with the columns of person cards.

    People whom the actor may not see, or who do not share their attendance with the actor, are left out. For an event
    that the actor may not see there are none.
    """
    return (
        cards_seen_by(actor)
        .join(Participation, Participation.account_id == Account.id)
        .join(Event, Event.id == Participation.event_id)
        .where(Participation.event_id == event_id, Participation.state == state, shares_attendance(actor))
        .where(Event.id.in_(visible_to(actor).with_only_columns(Event.id).correlate(None)))
    )
