"""Who goes and who waits; every change happens under the event's row lock, so that no place is given twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.events import policies, queries
from portal.events.models import Attendance, Event, Participation
from portal.events.services import notifications
from portal.extensions import db
from portal.profiles.policies import in_good_standing


@dataclass(frozen=True, slots=True)
class Joined:
    """How the person attends now; ``is_new`` is false when that was so before."""

    state: Attendance
    is_new: bool


def join(actor: Actor, event_id: uuid.UUID) -> Joined:
    """Take a place, or the end of the waiting list when all are taken; asking again changes nothing.

    Raises ``Conflict`` when the event is over, cancelled or not open yet.
    """
    event = queries.find(actor, event_id, lock=True)
    attendance = _attendance(event_id, actor.id)
    if attendance is not None:
        return Joined(Attendance(attendance.state), is_new=False)
    if not policies.may_join(event, now()):
        raise Conflict("not_open", _("You cannot join this event: it is over, cancelled or not approved yet."))
    state = Attendance.WAITING if free_places(event) == 0 else Attendance.GOING
    db.session.add(Participation(event_id=event_id, account_id=actor.id, state=state, joined_at=now()))
    record(actor, "events.join", target=("event", event_id), state=state.value)
    return Joined(state, is_new=True)


def leave(actor: Actor, event_id: uuid.UUID) -> bool:
    """Give one's place back; the first who waits gets it. ``False`` when there was nothing to give back."""
    event = queries.find(actor, event_id, lock=True)
    return _withdraw(actor, event, actor.id)


def remove(actor: Actor, event_id: uuid.UUID, account_id: uuid.UUID) -> bool:
    """The organiser or the office takes somebody off the list, who is told. ``False`` when they were not on it."""
    if account_id == actor.account_id:
        return leave(actor, event_id)
    event = queries.find(actor, event_id, lock=True)
    if not policies.may_edit(actor, event):
        raise Forbidden("not_yours", _("You can only remove yourself as a participant."))
    removed = _withdraw(actor, event, account_id)
    if removed:
        notifications.tell_of_removal(event, account_id)
    return removed


def free_places(event: Event) -> int | None:
    """How many more can go; ``None`` where there is no limit."""
    return None if event.capacity is None else max(0, event.capacity - number_going(event))


def number_going(event: Event) -> int:
    going = select(func.count()).where(Participation.event_id == event.id, Participation.state == Attendance.GOING)
    return db.session.scalar(going) or 0


def fill_free_places(event: Event) -> None:
    """Let those who wait move up, in the order in which they came; who was shut out meanwhile is passed over."""
    if not policies.may_join(event, now()):
        return
    for attendance in db.session.scalars(_first_waiting(event, free_places(event))).all():
        attendance.state = Attendance.GOING
        notifications.tell_of_place(event, attendance)


def refuse_too_few_places(event: Event, capacity: int | None) -> None:
    """Nobody who goes is put out by a smaller number of places."""
    going = number_going(event)
    if capacity is not None and capacity < going:
        sentence = ngettext(
            "%(num)s person is already going: there cannot be fewer places.",
            "%(num)s people are already going: there cannot be fewer places.",
            going,
        )
        raise Invalid("too_few_places", sentence, field="capacity")


def _withdraw(actor: Actor, event: Event, account_id: uuid.UUID) -> bool:
    attendance = _attendance(event.id, account_id)
    if attendance is None:
        return False
    db.session.delete(attendance)
    db.session.flush()
    record(actor, "events.leave", target=("event", event.id), person=str(account_id))
    fill_free_places(event)
    return True


def _first_waiting(event: Event, places: int | None) -> Select[Participation]:
    return (
        select(Participation)
        .join(Account, Account.id == Participation.account_id)
        .where(Participation.event_id == event.id, Participation.state == Attendance.WAITING, in_good_standing())
        .order_by(Participation.joined_at, Participation.account_id)
        .limit(places)
    )


def _attendance(event_id: uuid.UUID, account_id: uuid.UUID) -> Participation | None:
    """Read anew under the lock: what the session remembers may be older."""
    return db.session.get(Participation, (event_id, account_id), populate_existing=True)
