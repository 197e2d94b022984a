"""Joining and leaving an event, and its waiting list.

Every change happens under the lock of the event's row, so that no place is given away twice.
"""

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
from portal.events.audit_actions import EventAction
from portal.events.models import Attendance, Event, Participation
from portal.events.services import notifications
from portal.extensions import db
from portal.profiles.policies import is_active_account


@dataclass(frozen=True, slots=True)
class JoinResult:
    """The person's attendance after joining; ``is_new`` is false when they had joined before."""

    state: Attendance
    is_new: bool


def join(actor: Actor, event_id: uuid.UUID) -> JoinResult:
    """Take a place at the event, or the end of its waiting list when all places are taken.

    Joining again changes nothing. Raises ``Conflict`` when the event is over, cancelled or not approved.
    """
    event = queries.find(actor, event_id, lock=True)
    participation = _participation(event_id, actor.id)
    if participation is not None:
        return JoinResult(Attendance(participation.state), is_new=False)
    if not policies.may_join(event, now()):
        raise Conflict("not_open", _("You cannot join this event: it is over, cancelled or not approved yet."))
    state = Attendance.WAITING if free_places(event) == 0 else Attendance.GOING
    db.session.add(Participation(event_id=event_id, account_id=actor.id, state=state, joined_at=now()))
    record(actor, EventAction.JOIN, target=("event", event_id), state=state.value)
    return JoinResult(state, is_new=True)


def leave(actor: Actor, event_id: uuid.UUID) -> bool:
    """Give one's place back, so that the first person on the waiting list gets it.

    Returns ``False`` when the actor was not going and not waiting.
    """
    event = queries.find(actor, event_id, lock=True)
    return _withdraw(actor, event, actor.id)


def remove(actor: Actor, event_id: uuid.UUID, account_id: uuid.UUID) -> bool:
    """Remove a person from the event, as its organiser or as the office, and notify them; or leave it oneself.

    Returns ``False`` when the person was not going and not waiting. Raises ``Forbidden`` for anybody else.
    """
    if account_id == actor.account_id:
        return leave(actor, event_id)
    event = queries.find(actor, event_id, lock=True)
    if not policies.may_edit(actor, event):
        raise Forbidden("not_yours", _("You can only remove yourself as a participant."))
    is_removed = _withdraw(actor, event, account_id)
    if is_removed:
        notifications.notify_of_removal(event, account_id)
    return is_removed


def free_places(event: Event) -> int | None:
    """Return how many more people can go; ``None`` where there is no limit."""
    return None if event.capacity is None else max(0, event.capacity - going_count(event))


def going_count(event: Event) -> int:
    """Return how many people are going."""
    going = select(func.count()).where(Participation.event_id == event.id, Participation.state == Attendance.GOING)
    return db.session.scalar(going) or 0


def fill_free_places(event: Event) -> None:
    """Give free places to people on the waiting list, in the order in which they joined, and notify them.

    People whose account cannot be used now are passed over. The event's row must be locked.
    """
    if not policies.may_join(event, now()):
        return
    for participation in db.session.scalars(_first_waiting(event, free_places(event))).all():
        participation.state = Attendance.GOING
        notifications.notify_of_free_place(event, participation)


def check_capacity(event: Event, capacity: int | None) -> None:
    """Raise ``Invalid`` when a new capacity is smaller than the number of people who are going."""
    going = going_count(event)
    if capacity is not None and capacity < going:
        message = ngettext(
            "%(num)s person is already going: there cannot be fewer places.",
            "%(num)s people are already going: there cannot be fewer places.",
            going,
        )
        raise Invalid("too_few_places", message, field="capacity")


def _withdraw(actor: Actor, event: Event, account_id: uuid.UUID) -> bool:
    participation = _participation(event.id, account_id)
    if participation is None:
        return False
    db.session.delete(participation)
    db.session.flush()
    record(actor, EventAction.LEAVE, target=("event", event.id), person=str(account_id))
    fill_free_places(event)
    return True


def _first_waiting(event: Event, places: int | None) -> Select[Participation]:
    return (
        select(Participation)
        .join(Account, Account.id == Participation.account_id)
        .where(Participation.event_id == event.id, Participation.state == Attendance.WAITING, is_active_account())
        .order_by(Participation.joined_at, Participation.account_id)
        .limit(places)
    )


def _participation(event_id: uuid.UUID, account_id: uuid.UUID) -> Participation | None:
    """Read the row anew under the lock: what the session remembers may be older."""
    return db.session.get(Participation, (event_id, account_id), populate_existing=True)
