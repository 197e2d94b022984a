"""Notifications about events: who is notified of what, and what the messages say."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events import messages
from portal.events.extension_points import REVIEW_PATH
from portal.events.models import Event, Participation
from portal.extensions import db
from portal.notifications.services import notify, notify_office
from portal.outbox.kinds import MessageKind
from portal.permissions.catalogue import Permission

DECISIONS = {
    Approval.APPROVED: messages.APPROVED,
    Approval.DECLINED: messages.DECLINED,
    Approval.PENDING: messages.RETURNED,
}

EVENTS_PATH = "/events"


def notify_office_of_review(event: Event) -> None:
    """Notify those who may decide on events that this one waits; each time it comes to wait is a new notification."""
    owner = accounts.find(event.owner_id)
    notify_office(
        Permission.EVENTS_MODERATE,
        messages.TO_REVIEW,
        key=_key(messages.TO_REVIEW, event),
        payload={**_payload(event), "owner": owner.name if owner else ""},
        target_url=REVIEW_PATH.implementation(),
    )


def notify_of_decision(event: Event, before: Approval, actor: Actor) -> None:
    """Notify the organiser of the office's decision, which is stored in the event.

    Participants are notified too when an upcoming event is approved again, and when one that was approved is declined.
    """
    approval = Approval(event.approval)
    payload = {**_payload(event), "note": event.decision_note or ""}
    kind = DECISIONS[approval]
    notify(event.owner_id, kind, key=_key(kind, event), payload=payload, target_url=_path(event))
    if event.is_over(now()) or event.cancelled_at is not None:
        return
    if approval is Approval.APPROVED:
        _notify_participants(event, messages.CHANGED, but={actor.account_id, event.owner_id})
    elif before is Approval.APPROVED and approval is Approval.DECLINED:
        _notify_participants(event, messages.CANCELLED, but={actor.account_id, event.owner_id}, path=EVENTS_PATH)


def notify_of_change(event: Event, actor: Actor) -> None:
    """Notify participants, people on the waiting list and the organiser of a new time, place or cost."""
    _notify_participants(event, messages.CHANGED, but={actor.account_id})


def notify_of_cancellation(event: Event, actor: Actor, *, is_deleted: bool = False) -> None:
    """Notify participants, people on the waiting list and the organiser that an approved event will not take place."""
    if event.approval == Approval.APPROVED:
        path = EVENTS_PATH if is_deleted else None
        _notify_participants(event, messages.CANCELLED, but={actor.account_id}, path=path)


def notify_of_free_place(event: Event, participation: Participation) -> None:
    """Notify a person from the waiting list that they now have a place."""
    _notify_person(event, messages.PLACE_FREE, participation.account_id, _path(event))


def notify_of_removal(event: Event, account_id: uuid.UUID) -> None:
    """Notify a person that the organiser or the office has removed them from the event."""
    _notify_person(event, messages.REMOVED, account_id, _path(event))


def _notify_participants(
    event: Event, kind: MessageKind, *, but: set[uuid.UUID | None], path: str | None = None
) -> None:
    """Notify all participants, people on the waiting list and the organiser, except those in ``but``."""
    attending = db.session.scalars(select(Participation.account_id).where(Participation.event_id == event.id))
    for account_id in sorted({*attending, event.owner_id} - but):
        _notify_person(event, kind, account_id, _path(event) if path is None else path)


def _notify_person(event: Event, kind: MessageKind, account_id: uuid.UUID, path: str) -> None:
    notify(account_id, kind, key=f"{_key(kind, event)}:{account_id}", payload=_payload(event), target_url=path)


def _key(kind: MessageKind, event: Event) -> str:
    """Return a unique key: each change is notified by itself, so the moment is part of it."""
    return f"{kind.name}:{event.id}:{now().isoformat()}"


def _payload(event: Event) -> dict[str, Any]:
    return {"title": event.title, "starts": event.starts_local.isoformat(), "place": event.place}


def _path(event: Event) -> str:
    return f"{EVENTS_PATH}/{event.id}"
