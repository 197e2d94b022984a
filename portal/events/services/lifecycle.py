"""Creating, changing, cancelling and deleting an event."""

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
"""Participants are notified when one of these changes."""

Revise = Callable[[EventInput], EventInput]
"""From the event as it is to the event as it shall be."""


def create(actor: Actor, entered: EventInput, *, event_id: uuid.UUID | None = None) -> Event:
    """Create an event organised by the actor, who is its first participant.

    It waits for the office unless review is off. ``event_id`` makes this idempotent: sent again with the same input, it
    returns the event that exists. With other input it creates another event, because a form that the back button
    showed again keeps its id. Raises ``Invalid`` for input that is not allowed, ``Conflict`` for another's id.
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
    """Store what ``revise`` returns for the event as it is now; unchanged columns are not written.

    A change of text, picture or place returns the event to the office's review, unless review is off or the office
    itself makes the change. Participants are notified of a new time, place or cost. Raises ``Forbidden``, ``Invalid``
    for input that is not allowed, and ``Conflict`` for a cancelled event.
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
    """Cancel the event, which stays visible, and notify participants; raise ``Conflict`` for one cancelled or over."""
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
    """Delete the event with its participants for good, and notify the participants of an upcoming one."""
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
    """Return the id of the event's new cover; an echo of its present cover changes nothing."""
    if cover is CoverChange.KEEP:
        return event.cover_id
    if cover is CoverChange.CLEAR:
        return None
    if event.cover_id is not None and files.same_picture(event.cover_id, cover):
        return event.cover_id
    return files.store(actor, cover, Purpose.COVER, owner_id=event.owner_id).id


def _check_change(event: Event, changed: dict[str, Any]) -> None:
    if "starts_at" in changed:
        refuse_past(changed["starts_at"])
    if "capacity" in changed:
        check_capacity(event, changed["capacity"])


def _return_to_review(actor: Actor, event: Event, changed: Iterable[str]) -> None:
    """Let the event wait for the office again after a change of what the office has reviewed.

    A declined event does so even while review is off, because the office decided about its former contents.
    """
    if not REVIEWED_COLUMNS & set(changed) or policies.is_office(actor) or event.approval == Approval.PENDING:
        return
    if event.approval == Approval.APPROVED and registry.get(AUTO_APPROVE):
        return
    event.approval = Approval.PENDING
    notifications.notify_office_of_review(event)
