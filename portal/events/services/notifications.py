"""Turning what happened to an event into facts for the people concerned."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events import messages
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


def ask_for_review(event: Event) -> None:
    """The office hears of every time that an event comes into its queue."""
    owner = accounts.find(event.owner_id)
    notify_office(
        Permission.EVENTS_MODERATE,
        messages.TO_REVIEW,
        key=_key(messages.TO_REVIEW, event),
        payload={**_facts(event), "owner": owner.name if owner else ""},
        target_url="/admin/events",
    )


def tell_of_decision(event: Event, before: Approval, actor: Actor) -> None:
    """The organiser hears of each decision; those who were to come, when the event is taken from them or is back."""
    wanted = Approval(event.approval)
    payload = {**_facts(event), "note": event.decision_note or ""}
    kind = DECISIONS[wanted]
    notify(event.owner_id, kind, key=_key(kind, event), payload=payload, target_url=_path(event))
    if event.is_over(now()) or event.cancelled_at is not None:
        return
    if wanted is Approval.APPROVED:
        _tell(event, messages.CHANGED, but={actor.account_id, event.owner_id})
    elif before is Approval.APPROVED and wanted is Approval.DECLINED:
        _tell(event, messages.CANCELLED, but={actor.account_id, event.owner_id}, path="/events")


def tell_of_change(event: Event, actor: Actor) -> None:
    """Those who go or wait hear that the time, the place or the cost is another."""
    _tell(event, messages.CHANGED, but={actor.account_id})


def tell_of_cancelling(event: Event, actor: Actor, *, removed: bool = False) -> None:
    """Those who were to come hear that it does not take place, and the organiser when somebody else decided so."""
    if event.approval == Approval.APPROVED:
        _tell(event, messages.CANCELLED, but={actor.account_id}, path="/events" if removed else None)


def tell_of_place(event: Event, attendance: Participation) -> None:
    """A place became free for somebody who waited."""
    _tell_one(event, messages.PLACE_FREE, attendance.account_id, _path(event))


def tell_of_removal(event: Event, account_id: uuid.UUID) -> None:
    """The organiser took somebody off the list."""
    _tell_one(event, messages.REMOVED, account_id, _path(event))


def _tell(event: Event, kind: MessageKind, *, but: set[uuid.UUID | None], path: str | None = None) -> None:
    """Everybody who goes or waits, and the organiser, but those who know already."""
    attending = db.session.scalars(select(Participation.account_id).where(Participation.event_id == event.id))
    for account_id in sorted({*attending, event.owner_id} - but):
        _tell_one(event, kind, account_id, _path(event) if path is None else path)


def _tell_one(event: Event, kind: MessageKind, account_id: uuid.UUID, path: str) -> None:
    notify(account_id, kind, key=f"{_key(kind, event)}:{account_id}", payload=_facts(event), target_url=path)


def _key(kind: MessageKind, event: Event) -> str:
    """Each change is a fact of its own, so the moment is part of the key."""
    return f"{kind.name}:{event.id}:{now().isoformat()}"


def _facts(event: Event) -> dict[str, Any]:
    return {"title": event.title, "starts": event.starts_local.isoformat(), "place": event.place}


def _path(event: Event) -> str:
    return f"/events/{event.id}"
