"""Making an event, changing it, calling it off."""

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
from portal.events.models import Attendance, Event, Participation
from portal.events.services import notifications
from portal.events.services.attendance import fill_free_places, refuse_too_few_places
from portal.events.services.drafts import Cover, Draft, columns, draft_of, refuse_past
from portal.events.settings import AUTO_APPROVE
from portal.extensions import db
from portal.files import services as media
from portal.files.models import Purpose
from portal.settings import registry

SUBSTANCE = frozenset({"title", "description", "is_online", "city_id", "place", "cover_id"})
WORTH_TELLING = frozenset({"starts_at", "city_id", "place", "cost", "currency", "is_online"})

Revise = Callable[[Draft], Draft]


def create(actor: Actor, draft: Draft, *, event_id: uuid.UUID | None = None) -> Event:
    """Keep a new event of the actor, who is its first participant.

    It waits for the office unless review is off. The same ``event_id`` sent again by the same person answers the
    event that the first time made; with other contents it is another event: a form that the back button brought up
    again keeps its id.
    """
    values = columns(draft, fallback_zone=queries.home_zone(actor))
    event_id = event_id or new_id()
    refuse_past(values["starts_at"])
    values |= {"id": event_id, "owner_id": actor.id, "approval": _first_state()}
    made = db.session.scalar(insert(Event).values(values).on_conflict_do_nothing().returning(Event.id))
    event = db.session.get_one(Event, event_id)
    if made is None:
        return event if _sent_twice(actor, event, values) else create(actor, draft)
    event.cover_id = _new_cover(actor, event, draft.cover)
    db.session.add(Participation(event_id=event_id, account_id=actor.id, state=Attendance.GOING, joined_at=now()))
    record(actor, "events.create", target=("event", event_id))
    if event.approval == Approval.PENDING:
        notifications.ask_for_review(event)
    return event


def edit(actor: Actor, event_id: uuid.UUID, revise: Revise) -> Event:
    """Keep what ``revise`` makes of the event as it is now; what stays the same is not touched.

    Changed words, picture or place of an approved event wait for the office again, unless review is off or the
    office itself changes them. Those who go are told of a new time, place or cost.
    """
    event = _held_for_change(actor, event_id)
    if event.cancelled_at is not None:
        raise Conflict("cancelled", _("This event is cancelled and can no longer be changed."))
    draft = revise(draft_of(event))
    came_without_city = event.city_id is None and not event.is_online
    values = columns(draft, fallback_zone=event.time_zone, may_lack_city=came_without_city)
    values["cover_id"] = _new_cover(actor, event, draft.cover)
    changed = {name: value for name, value in values.items() if getattr(event, name) != value}
    if not changed:
        return event
    _refuse_bad_change(event, changed)
    for name, value in changed.items():
        setattr(event, name, value)
    record(actor, "events.edit", target=("event", event_id), changed=sorted(changed))
    _review_again(actor, event, changed.keys())
    fill_free_places(event)
    if event.approval == Approval.APPROVED and changed.keys() & WORTH_TELLING:
        notifications.tell_of_change(event, actor)
    return event


def cancel(actor: Actor, event_id: uuid.UUID) -> Event:
    """Call the event off; it stays readable, and those who were to come are told."""
    event = _held_for_change(actor, event_id)
    if event.cancelled_at is not None:
        raise Conflict("already_cancelled", _("This event is already cancelled."))
    if event.is_over(now()):
        raise Conflict("over", _("This event is over."))
    event.cancelled_at = now()
    record(actor, "events.cancel", target=("event", event_id))
    notifications.tell_of_cancelling(event, actor)
    return event


def delete(actor: Actor, event_id: uuid.UUID) -> None:
    """Remove the event and its list of participants for good; those who were to come are told."""
    event = _held_for_change(actor, event_id)
    if event.cancelled_at is None and not event.is_over(now()):
        notifications.tell_of_cancelling(event, actor, removed=True)
    record(actor, "events.delete", target=("event", event_id), title=event.title)
    db.session.delete(event)


def _held_for_change(actor: Actor, event_id: uuid.UUID) -> Event:
    event = queries.find(actor, event_id, lock=True)
    if not policies.may_edit(actor, event):
        raise queries.not_yours()
    return event


def _first_state() -> Approval:
    return Approval.APPROVED if registry.get(AUTO_APPROVE) else Approval.PENDING


def _sent_twice(actor: Actor, event: Event, values: dict[str, Any]) -> bool:
    if event.owner_id != actor.id:
        raise Conflict("id_taken", _("This form has already been sent. Open a new one."))
    return all(getattr(event, name) == value for name, value in values.items() if name != "approval")


def _new_cover(actor: Actor, event: Event, cover: bytes | Cover) -> uuid.UUID | None:
    """The picture that the event has from now on; bytes that we once emitted for its picture mean the same picture."""
    if cover is Cover.KEEP:
        return event.cover_id
    if cover is Cover.CLEAR:
        return None
    if event.cover_id is not None and media.same_picture(event.cover_id, cover):
        return event.cover_id
    return media.store(actor, cover, Purpose.COVER, owner_id=event.owner_id).id


def _refuse_bad_change(event: Event, changed: dict[str, Any]) -> None:
    if "starts_at" in changed:
        refuse_past(changed["starts_at"])
    if "capacity" in changed:
        refuse_too_few_places(event, changed["capacity"])


def _review_again(actor: Actor, event: Event, changed: Iterable[str]) -> None:
    """A declined event comes back to the queue whenever its words change: the office decided on other words."""
    if not SUBSTANCE & set(changed) or policies.is_office(actor) or event.approval == Approval.PENDING:
        return
    if event.approval == Approval.APPROVED and registry.get(AUTO_APPROVE):
        return
    event.approval = Approval.PENDING
    notifications.ask_for_review(event)
