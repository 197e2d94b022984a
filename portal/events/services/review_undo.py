"""Decisions of the alumni office about events that can be undone until the messages about them leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.errors import Invalid
from portal.core.text import trimmed
from portal.events import queries
from portal.events.audit_actions import EventAction
from portal.events.models import Event
from portal.events.services import review
from portal.notifications.services import withdraw_notices
from portal.undo.services import changed_since, repeated, undoable, undoing

COLUMNS = ("approval", "decided_at", "decided_by", "decision_note")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The event that a decision was about, and the id by which the decision can be undone."""

    event: Event
    act_id: uuid.UUID


def approve_undoably(actor: Actor, event_id: uuid.UUID) -> Reviewed:
    """Approve an event as ``review.approve`` does, so that it can be undone.

    Repeating it while it can be undone changes nothing.
    """
    return _decide(actor, event_id, EventAction.APPROVE, Approval.APPROVED, partial(review.approve, actor, event_id))


def decline_undoably(actor: Actor, event_id: uuid.UUID, reason: str) -> Reviewed:
    """Decline an event as ``review.decline`` does, so that it can be undone; the organiser is told the reason.

    Repeating it while it can be undone changes nothing. Raise also ``Invalid`` for an empty reason.
    """
    if not trimmed(reason):
        raise Invalid("missing", _("Give a reason, so that the organiser knows what to change."), field="note")
    decide = partial(review.decline, actor, event_id, reason)
    return _decide(actor, event_id, EventAction.DECLINE, Approval.DECLINED, decide)


def _decide(
    actor: Actor, event_id: uuid.UUID, action: EventAction, approval: Approval, decide: Callable[[], Event]
) -> Reviewed:
    review.check_may_review(actor)
    event = queries.find(actor, event_id, lock=True)
    if event.approval == approval and (act_id := repeated(actor, action, event_id)):
        return Reviewed(event, act_id)
    with undoable(actor, action, "event", event_id) as act:
        act.before = _decision(event)
        act.after = _decision(decide())
    return Reviewed(event, act.id)


def undo_decision(actor: Actor, act_id: uuid.UUID) -> Event:
    """Undo a decision of the actor about an event, withdraw the messages and notices about it, and return the event.

    An audit entry is added. Raise ``NotFound`` for an unknown act or event, ``Forbidden`` for the act of somebody else
    and for anybody but the office, and ``Conflict`` if it has been undone already, its messages have left, or the event
    has been decided anew since.
    """
    review.check_may_review(actor)
    with undoing(actor, act_id, "event") as act:
        event = queries.find(actor, act.target_id, lock=True)
        if _decision(event) != act.after:
            raise changed_since()
        before: dict[str, Any] = act.before
        event.approval, event.decision_note = before["approval"], before["decision_note"]
        event.decided_at = before["decided_at"] and datetime.fromisoformat(before["decided_at"])
        event.decided_by = before["decided_by"] and uuid.UUID(before["decided_by"])
        withdraw_notices(act.notice_keys)
        record(actor, EventAction.UNDO, target=("event", event.id), undone=act.action)
    return event


def _decision(event: Event) -> dict[str, object]:
    """Return the office's decision about the event as JSON."""
    values = {name: getattr(event, name) for name in COLUMNS}
    decided_at = event.decided_at and event.decided_at.astimezone(UTC).isoformat()
    return {**values, "decided_at": decided_at, "decided_by": event.decided_by and str(event.decided_by)}
