"""Services to join and leave an event, and to fill free places from its waiting list.

Every change happens under the lock of the event's row, so that no place is given away twice.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select, update

from portal.accounts.models import Account
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.set_based import is_one_of
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.events import policies, queries
from portal.events.audit_actions import EventAction
from portal.events.models import Attendance, Event, Participation
from portal.events.services import notifications
from portal.events.services.claims import claimed_since
from portal.extensions import db
from portal.profiles.policies import is_active_account


@dataclass(frozen=True, slots=True)
class JoinResult:
    """The attendance of a person after joining an event, since when, and whether it ``is_new``.

    It is not new if they had joined before.
    """

    state: Attendance
    is_new: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class LeaveResult:
    """The attendance that a person has given up, and since when they had it.

    ``is_passed_on``: the place has gone to the first person on the waiting list.
    """

    state: Attendance
    since: datetime
    is_passed_on: bool


def join(actor: Actor, event_id: uuid.UUID, *, claim: str = "") -> JoinResult:
    """Add the actor to the people going to the event, or to the end of its waiting list if all places are taken.

    Somebody who has just left takes back their former place in the waiting list by their ``claim`` (see ``claims``);
    one that is not valid is ignored. The event's row is locked, and an audit entry written. Somebody who has joined
    already keeps their state. Raises ``NotFound`` if the actor may not see the event, and ``Conflict`` if it is over,
    cancelled or not approved.
    """
    event = queries.find(actor, event_id, lock=True)
    participation = _participation(event_id, actor.id)
    if participation is not None:
        return JoinResult(Attendance(participation.state), is_new=False, since=participation.joined_at)
    if not policies.may_join(event, now()):
        raise Conflict("not_open", _("You cannot join this event: it is over, cancelled or not approved yet."))
    state = Attendance.WAITING if free_places(event) == 0 else Attendance.GOING
    since = claimed_since(actor, event_id, claim) or now()
    db.session.add(Participation(event_id=event_id, account_id=actor.id, state=state, joined_at=since))
    record(actor, EventAction.JOIN, target=("event", event_id), state=state.value)
    return JoinResult(state, is_new=True, since=since)


def leave(actor: Actor, event_id: uuid.UUID) -> LeaveResult | None:
    """Remove the actor from the event or its waiting list; return what they gave up, ``None`` if they had not joined.

    A place that becomes free goes to the first person on the waiting list, who is notified. The event's row is locked,
    and an audit entry written. Raises ``NotFound`` if the actor may not see the event.
    """
    event = queries.find(actor, event_id, lock=True)
    return _withdraw(actor, event, actor.id)


def remove(actor: Actor, event_id: uuid.UUID, account_id: uuid.UUID) -> bool:
    """Remove a person from the event or its waiting list; return whether the person was on either.

    The actor must be the person, the organiser or the office; somebody removed by another is notified. A place that
    becomes free goes to the first person on the waiting list. Raises ``Forbidden`` for any other actor, and
    ``NotFound`` if the actor may not see the event.
    """
    if account_id == actor.account_id:
        return leave(actor, event_id) is not None
    event = queries.find(actor, event_id, lock=True)
    if not policies.may_edit(actor, event):
        raise Forbidden("not_yours", _("You can only remove yourself as a participant."))
    if _withdraw(actor, event, account_id) is None:
        return False
    notifications.notify_of_removal(event, account_id)
    return True


def free_places(event: Event) -> int | None:
    """Return the number of free places at the event, never negative, or ``None`` if the event has no limit."""
    return None if event.capacity is None else max(0, event.capacity - going_count(event))


def going_count(event: Event) -> int:
    """Return the number of people going to the event, without its waiting list."""
    going = select(func.count()).where(Participation.event_id == event.id, Participation.state == Attendance.GOING)
    return db.session.scalar(going) or 0


def fill_free_places(event: Event) -> int:
    """Give the free places of an event to people on its waiting list, in the order of joining, and notify them.

    Returns how many people got one.

    People whose account is not active are passed over, and nothing happens if the event is over, cancelled or not
    approved. The caller must hold the lock of the event's row.
    """
    if not policies.may_join(event, now()):
        return 0
    account_ids = db.session.scalars(_first_waiting(event, free_places(event))).all()
    if account_ids:
        are_first = is_one_of(Participation.account_id, account_ids)
        promoted = update(Participation).where(Participation.event_id == event.id, are_first)
        db.session.execute(promoted.values(state=Attendance.GOING).execution_options(synchronize_session=False))
        notifications.notify_of_free_places(event, account_ids)
    return len(account_ids)


def check_capacity(event: Event, capacity: int | None) -> None:
    """Raise ``Invalid`` if the new capacity is smaller than the number of people going to the event.

    ``None`` stands for no limit and is always allowed.
    """
    going = going_count(event)
    if capacity is not None and capacity < going:
        message = ngettext(
            "%(num)s person is already going: there cannot be fewer places.",
            "%(num)s people are already going: there cannot be fewer places.",
            going,
        )
        raise Invalid("too_few_places", message, field="capacity")


def _withdraw(actor: Actor, event: Event, account_id: uuid.UUID) -> LeaveResult | None:
    participation = _participation(event.id, account_id)
    if participation is None:
        return None
    state, since = Attendance(participation.state), participation.joined_at
    db.session.delete(participation)
    db.session.flush()
    record(actor, EventAction.LEAVE, target=("event", event.id), person=str(account_id))
    return LeaveResult(state, since, is_passed_on=fill_free_places(event) > 0)


def _first_waiting(event: Event, places: int | None) -> Select[uuid.UUID]:
    return (
        select(Participation.account_id)
        .join(Account, Account.id == Participation.account_id)
        .where(Participation.event_id == event.id, Participation.state == Attendance.WAITING, is_active_account())
        .order_by(Participation.joined_at, Participation.account_id)
        .limit(places)
    )


def _participation(event_id: uuid.UUID, account_id: uuid.UUID) -> Participation | None:
    """Return the row, read anew under the lock because the session may hold an older state, or ``None``."""
    return db.session.get(Participation, (event_id, account_id), populate_existing=True)
