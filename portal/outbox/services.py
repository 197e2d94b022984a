"""Queueing and withdrawing messages, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from portal.core.clock import now
from portal.core.db.base import new_id
from portal.extensions import db
from portal.outbox.holding import current_hold
from portal.outbox.kinds import MessageKind, every_kind
from portal.outbox.models import MessageChannel, OutboxMessage, State

NOTIFY_CHANNEL = "outbox"
"""Name of the PostgreSQL notification channel; the payload of a notification is a message channel."""


def enqueue(
    kind: MessageKind,
    *,
    recipient: str,
    key: str,
    payload: dict[str, Any],
    locale: str | None = None,
    channel: str = MessageChannel.MAIL,
    due_at: datetime | None = None,
    good_until: datetime | None = None,
) -> None:
    """Store a message in the caller's transaction, to be sent at ``due_at``, by default as soon as that has committed.

    ``key`` identifies the message and its recipient; a second message with an existing key is not stored. ``payload``
    must be JSON and hold what the kind's templates use; URLs in it are paths of the portal ("/events/…"). After
    ``good_until`` the message is withdrawn instead of sent; retries are close enough together for that. Without a
    ``locale`` the message is in English. Inside a ``holding`` block the message is not sent before the block says.

    Raise ``ValueError`` for a channel that the kind does not declare and for a recipient that is empty or has more than
    one line.
    """
    if channel not in kind.channels:
        raise ValueError(f"{kind.name} is not declared for {channel}")
    if not recipient or not recipient.isprintable():
        raise ValueError("a recipient is one printable line")
    moment = now()
    due_at = _recorded_as_held(key, due_at or moment)
    added = (
        insert(OutboxMessage)
        .values(
            id=new_id(),
            key=key,
            kind=kind.name,
            channel=MessageChannel(channel).value,
            recipient=recipient,
            locale=locale or "en",
            payload=payload,
            state=State.WAITING.value,
            attempts=0,
            created_at=moment,
            due_at=due_at,
            good_until=good_until,
        )
        .on_conflict_do_nothing(index_elements=[OutboxMessage.key])
        .returning(OutboxMessage.id)
        .cte("added")
    )
    # One statement stores the row and notifies the listeners, which receive that at commit.
    db.session.execute(select(func.pg_notify(NOTIFY_CHANNEL, MessageChannel(channel).value)).select_from(added))


def _recorded_as_held(key: str, due_at: datetime) -> datetime:
    """Record the key with the running ``holding`` block, if there is one, and return when the message is due."""
    held = current_hold()
    if held is None:
        return due_at
    held.keys.append(key)
    return max(due_at, held.until)


def withdraw(keys: Sequence[str]) -> int:
    """Withdraw the waiting messages with these keys, so that they are never sent, and return how many there were.

    The payload of secret kinds is wiped. A message that a process has claimed is not withdrawn and still sent.
    """
    table = OutboxMessage
    lasting = [kind.name for kind in every_kind() if not kind.secret]
    wiped = case((table.kind.in_(lasting), table.payload), else_=literal({}, JSONB))
    withdrawn = (
        update(table)
        .where(table.key.in_(keys), table.state == State.WAITING, table.lease.is_(None))
        .values(state=State.WITHDRAWN.value, payload=wiped)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(withdrawn).all())
