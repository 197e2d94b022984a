"""Services to create, change, cancel and delete an event."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.core.errors import Conflict
from portal.events import policies, queries
from portal.events.audit_actions import EventAction
from portal.events.models import Attendance, Event, Participation
from portal.events.services import notifications
from portal.events.services.attendance import check_capacity, fill_free_places
from portal.events.services.event_input import CoverChange, EventInput, checked_columns, input_of, refuse_past
from portal.events.settings import AUTO_APPROVE
from portal.extensions import db
from portal.files import services as files
from portal.files.models import Purpose
from portal.settings import registry

REVIEWED_COLUMNS = frozenset({"title", "description", "is_online", "city_id", "place", "cover_id"})
NOTIFIED_COLUMNS = frozenset({"starts_at", "city_id", "place", "cost", "currency", "is_online"})
"""The columns of an event of whose changes its participants are notified."""

Revise = Callable[[EventInput], EventInput]
"""A function that takes the present values of an event and returns the values that it shall have."""


def create(actor: Actor, entered: EventInput, *, event_id: uuid.UUID | None = None) -> Event:
    """Create and return an event organised by the actor, who is its first participant.

    It waits for review, of which the office is notified, unless review is switched off. An audit entry is written.
    ``event_id`` makes this idempotent: sent again with the same input, it returns the event that exists; the cover is
    not compared. With other input it creates another event, because a form that the back button showed again keeps its
    id. Raises ``Invalid`` for input that is not allowed, and ``Conflict`` if ``event_id`` is an event of somebody else.
    """
    values = checked_columns(entered, fallback_zone=queries.home_zone(actor))
    event_id = event_id or new_id()
    refuse_past(values["starts_at"])
    values |= {"id": event_id, "owner_id": actor.id, "approval": _initial_approval()}
    inserted_id = db.session.scalar(insert(Event).values(values).on_conflict_do_nothing().returning(Event.id))
    event = db.session.get_one(Event, event_id)
    if inserted_id is None:
        return event if _is_resubmission(actor, event, values) else create(actor, entered)
    event.cover_id = _new_cover(actor, event, entered.cover)
    db.session.add(Participation(event_id=event_id, account_id=actor.id, state=Attendance.GOING, joined_at=now()))
    record(actor, EventAction.CREATE, target=("event", event_id))
    if event.approval == Approval.PENDING:
        notifications.notify_office_of_review(event)
    return event


def edit(actor: Actor, event_id: uuid.UUID, revise: Revise) -> Event:
    """Change and return the event: ``revise`` gets its present values under a lock and returns the new ones.

    A change is written to the audit trail. Unless the office makes it, a change of text, cover or place puts a declined
    event back into review, and an approved one unless review is switched off. If the event is approved after the
    change, participants are notified of a new start, place or cost. Raises ``NotFound`` if the actor may not see it,
    ``Forbidden`` unless the actor is its organiser or the office, ``Invalid`` for values that are not allowed, and
    ``Conflict`` for a cancelled event.
    """
    event = _lock_for_edit(actor, event_id)
    if event.cancelled_at is not None:
        raise Conflict("cancelled", _("This event is cancelled and can no longer be changed."))
    entered = revise(input_of(event))
    has_no_city = event.city_id is None and not event.is_online
    values = checked_columns(entered, fallback_zone=event.time_zone, may_lack_city=has_no_city)
    values["cover_id"] = _new_cover(actor, event, entered.cover)
    changed = {name: value for name, value in values.items() if getattr(event, name) != value}
    if not changed:
        return event
    _check_change(event, changed)
    for name, value in changed.items():
        setattr(event, name, value)
    record(actor, EventAction.EDIT, target=("event", event_id), changed=sorted(changed))
    _return_to_review(actor, event, changed.keys())
    fill_free_places(event)
    if event.approval == Approval.APPROVED and changed.keys() & NOTIFIED_COLUMNS:
        notifications.notify_of_change(event, actor)
    return event


def cancel(actor: Actor, event_id: uuid.UUID) -> Event:
    """Cancel and return the event, which stays visible; write an audit entry.

    If it is approved, participants, people on the waiting list and the organiser are notified, except the actor. Raises
    ``NotFound`` if the actor may not see the event, ``Forbidden`` unless the actor is its organiser or the office, and
    ``Conflict`` if it is already cancelled or over.
    """
    event = _lock_for_edit(actor, event_id)
    if event.cancelled_at is not None:
        raise Conflict("already_cancelled", _("This event is already cancelled."))
    if event.is_over(now()):
        raise Conflict("over", _("This event is over."))
    event.cancelled_at = now()
    record(actor, EventAction.CANCEL, target=("event", event_id))
    notifications.notify_of_cancellation(event, actor)
    return event


def delete(actor: Actor, event_id: uuid.UUID) -> None:
    """Delete the event and its list of participants for good; write an audit entry.

    If it is approved, not cancelled and not over, participants, people on the waiting list and the organiser are
    notified, except the actor. Raises ``NotFound`` if the actor may not see the event, and ``Forbidden`` unless the
    actor is its organiser or the office.
    """
    event = _lock_for_edit(actor, event_id)
    if event.cancelled_at is None and not event.is_over(now()):
        notifications.notify_of_cancellation(event, actor, is_deleted=True)
    record(actor, EventAction.DELETE, target=("event", event_id), title=event.title)
    db.session.delete(event)


def _lock_for_edit(actor: Actor, event_id: uuid.UUID) -> Event:
    event = queries.find(actor, event_id, lock=True)
    if not policies.may_edit(actor, event):
        raise queries.not_yours()
    return event


def _initial_approval() -> Approval:
    return Approval.APPROVED if registry.get(AUTO_APPROVE) else Approval.PENDING


def _is_resubmission(actor: Actor, event: Event, values: dict[str, Any]) -> bool:
    if event.owner_id != actor.id:
        raise Conflict("id_taken", _("This form has already been sent. Open a new one."))
    return all(getattr(event, name) == value for name, value in values.items() if name != "approval")


def _new_cover(actor: Actor, event: Event, cover: bytes | CoverChange) -> uuid.UUID | None:
    """Return the id of the picture that shall be the event's cover, or ``None`` for no cover; store a new picture.

    An echo of the present cover is not stored again.
    """
    if cover is CoverChange.KEEP:
        return event.cover_id
    if cover is CoverChange.CLEAR:
        return None
    if files.same_picture(event.cover_id, cover):
        return event.cover_id
    return files.store(actor, cover, Purpose.COVER, owner_id=event.owner_id).id


def _check_change(event: Event, changed: dict[str, Any]) -> None:
    if "starts_at" in changed:
        refuse_past(changed["starts_at"])
    if "capacity" in changed:
        check_capacity(event, changed["capacity"])


def _return_to_review(actor: Actor, event: Event, changed: Iterable[str]) -> None:
    """Put the event back into review and notify the office, if ``REVIEWED_COLUMNS`` have changed.

    It stays as it is if the office made the change or if it waits already.
    While review is switched off, an approved event stays approved; a declined one does not, because the office decided
    about its former contents.
    """
    if not REVIEWED_COLUMNS & set(changed) or policies.is_office(actor) or event.approval == Approval.PENDING:
        return
    if event.approval == Approval.APPROVED and registry.get(AUTO_APPROVE):
        return
    event.approval = Approval.PENDING
    notifications.notify_office_of_review(event)
