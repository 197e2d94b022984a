"""Signed claims to the place in time that a person had in an event's lists and has just given up."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.security import signing

CLAIM_FOR = timedelta(hours=1)
"""How long a claim is valid: a little longer than anybody leaves a page open on which leaving can be undone."""


def claim(actor: Actor, event_id: uuid.UUID, since: datetime) -> str:
    """Return the claim of the actor to have joined the event at ``since``, for ``CLAIM_FOR`` from now on."""
    text = f"{since.isoformat()}|{(now() + CLAIM_FOR).isoformat()}"
    return f"{text}|{_signature(actor, event_id, text)}"


def claimed_since(actor: Actor, event_id: uuid.UUID, text: str) -> datetime | None:
    """Return since when the actor has joined the event by their claim.

    It is ``None`` for a text that is no claim, for one of another person or event, and for one that is too old.
    """
    body, _, signature = text.rpartition("|")
    if not signing.is_equal(signature.encode(), _signature(actor, event_id, body).encode()):
        return None
    since, _, until = body.partition("|")
    return datetime.fromisoformat(since) if now() < datetime.fromisoformat(until) else None


def _signature(actor: Actor, event_id: uuid.UUID, text: str) -> str:
    return signing.hexdigest("attendance", f"{actor.account_id}|{event_id}|{text}")
