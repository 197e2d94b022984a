"""The office decides whether others see an event."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.approval import Approval, check_transition
from portal.core.clock import now
from portal.core.errors import Forbidden, Invalid
from portal.events import policies, queries
from portal.events.models import NOTE_MAX, Event
from portal.events.services import notifications


def approve(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Open the event to all members and tell its organiser; raises ``Conflict`` when it is open already."""
    return _decide(actor, event_id, Approval.APPROVED, note)


def decline(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Close the event to everybody but its organiser, who is told why; those who were to come are told too."""
    return _decide(actor, event_id, Approval.DECLINED, note)


def unapprove(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Put the event back into the queue."""
    return _decide(actor, event_id, Approval.PENDING, note)


def _decide(actor: Actor, event_id: uuid.UUID, wanted: Approval, note: str | None) -> Event:
    """The row lock makes the second of two deciders see the first one's decision, and be refused."""
    if not policies.is_office(actor):
        raise Forbidden("not_permitted", _("Only the alumni office can approve or decline events."))
    event = queries.find(actor, event_id, lock=True)
    before = Approval(event.approval)
    check_transition(before, wanted)
    event.approval = wanted
    event.decided_at, event.decided_by = now(), actor.account_id
    event.decision_note = _note(note)
    record(actor, f"events.{_VERBS[wanted]}", target=("event", event_id), was=before.value, note=event.decision_note)
    notifications.tell_of_decision(event, before, actor)
    return event


_VERBS = {Approval.APPROVED: "approve", Approval.DECLINED: "decline", Approval.PENDING: "unapprove"}


def _note(note: str | None) -> str | None:
    text = (note or "").strip()
    if len(text) > NOTE_MAX:
        raise Invalid("too_long", _("Shorten this to %(most)s characters.", most=NOTE_MAX), field="note")
    return text or None
