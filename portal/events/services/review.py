"""Services with which the alumni office decides about events."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.approval import Approval, check_transition
from portal.core.clock import now
from portal.core.errors import Forbidden, Invalid
from portal.core.text import trimmed
from portal.events import policies, queries
from portal.events.audit_actions import EventAction
from portal.events.models import NOTE_MAX, Event
from portal.events.services import notifications

DECISIONS = {
    Approval.APPROVED: EventAction.APPROVE,
    Approval.DECLINED: EventAction.DECLINE,
    Approval.PENDING: EventAction.UNAPPROVE,
}


def approve(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Approve and return the event, so that all members see it; write an audit entry.

    The organiser is notified, with ``note`` if there is one, and participants of an upcoming event are notified that it
    has changed. Raises ``Forbidden`` for anybody but the office, ``NotFound``, ``Conflict`` if it is approved already,
    and ``Invalid`` if ``note`` is too long.
    """
    return _decide(actor, event_id, Approval.APPROVED, note)


def decline(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Decline and return the event, so that only its organiser and the office can see it; write an audit entry.

    The organiser is notified with ``note`` as the reason, and participants of an upcoming event that was approved are
    notified that it will not take place. Raises ``Forbidden`` for anybody but the office, ``NotFound``, ``Conflict`` if
    it is declined already, and ``Invalid`` if ``note`` is too long.
    """
    return _decide(actor, event_id, Approval.DECLINED, note)


def unapprove(actor: Actor, event_id: uuid.UUID, note: str | None = None) -> Event:
    """Put an approved or declined event back into review and return it; write an audit entry.

    The organiser is notified, with ``note`` if there is one. Raises ``Forbidden`` for anybody but the office,
    ``NotFound``, ``Conflict`` if it waits already, and ``Invalid`` if ``note`` is too long.
    """
    return _decide(actor, event_id, Approval.PENDING, note)


def _decide(actor: Actor, event_id: uuid.UUID, approval: Approval, note: str | None) -> Event:
    """Store the decision ``approval`` about the event, notify of it, and return the event.

    Because the row is locked, the second of two equal decisions at once raises ``Conflict``.
    """
    check_may_review(actor)
    event = queries.find(actor, event_id, lock=True)
    before = Approval(event.approval)
    check_transition(before, approval)
    event.approval = approval
    event.decided_at, event.decided_by = now(), actor.account_id
    event.decision_note = _checked_note(note)
    record(actor, DECISIONS[approval], target=("event", event_id), was=before.value, note=event.decision_note)
    notifications.notify_of_decision(event, before, actor)
    return event


def check_may_review(actor: Actor) -> None:
    """Raise ``Forbidden`` for anybody but the office."""
    if not policies.is_office(actor):
        raise Forbidden("not_permitted", _("Only the alumni office can approve or decline events."))


def _checked_note(note: str | None) -> str | None:
    text = trimmed(note or "")
    if len(text) > NOTE_MAX:
        raise Invalid("too_long", _("Shorten this to %(most)s characters.", most=NOTE_MAX), field="note")
    return text or None
