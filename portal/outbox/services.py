"""Putting messages into the outbox, in the transaction of whoever has something to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.clock import now
from portal.core.database import new_id
from portal.extensions import db
from portal.outbox.kinds import MessageKind
from portal.outbox.models import Channel, OutboxMessage, State

WAKE_UP = "outbox"


def enqueue(
    kind: MessageKind,
    *,
    recipient: str,
    key: str,
    payload: dict[str, Any],
    locale: str | None = None,
    channel: str = Channel.MAIL,
    due_at: datetime | None = None,
) -> None:
    """Store a message to be sent once this transaction has committed, at ``due_at`` or at once.

    ``key`` says which fact is told to whom; a second message with the same key is not stored. ``payload`` must be
    JSON and hold what the kind's templates use; links are paths of the portal ("/events/…").
    """
    if channel not in kind.channels:
        raise ValueError(f"{kind.name} is not declared for {channel}")
    if not recipient or not recipient.isprintable():
        raise ValueError("a recipient is one printable line")
    moment = now()
    added = (
        insert(OutboxMessage)
        .values(
            id=new_id(),
            key=key,
            kind=kind.name,
            channel=Channel(channel).value,
            recipient=recipient,
            locale=locale or "en",
            payload=payload,
            state=State.WAITING.value,
            attempts=0,
            created_at=moment,
            due_at=due_at or moment,
        )
        .on_conflict_do_nothing(index_elements=[OutboxMessage.key])
        .returning(OutboxMessage.id)
        .cte("added")
    )
    # One statement stores the row and, at commit, wakes the dispatchers.
    db.session.execute(select(func.pg_notify(WAKE_UP, "")).select_from(added))
