"""Queueing and withdrawing messages, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from portal.core.clock import now
from portal.core.db.set_based import insert_for_each, is_one_of, new_id_of_each_row
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
    if not recipient or not recipient.isprintable():
        raise ValueError("a recipient is one printable line")
    message = select(literal(recipient), literal(locale, String), literal(key), literal(payload, JSONB))
    enqueue_many(kind, message, channel=channel, due_at=due_at, good_until=good_until)


def enqueue_many(
    kind: MessageKind,
    messages: Select[str, str | None, str, Any],
    *,
    channel: str = MessageChannel.MAIL,
    due_at: datetime | None = None,
    good_until: datetime | None = None,
) -> None:
    """Store a message for each row of ``messages``, as ``enqueue`` does for one, in one statement.

    The columns are recipient, locale, key and payload. Recipients are the contact points of accounts, which were
    checked when they were entered. Raise ``ValueError`` for a channel that the kind does not declare.
    """
    if channel not in kind.channels:
        raise ValueError(f"{kind.name} is not declared for {channel}")
    moment, table, held = now(), OutboxMessage, current_hold()
    due_at = due_at or moment
    chosen = messages.subquery("messages")
    recipient, locale, key, payload = chosen.columns
    rows = insert_for_each(
        select(chosen),
        {
            table.id: new_id_of_each_row(),
            table.key: key,
            table.kind: kind.name,
            table.channel: MessageChannel(channel).value,
            table.recipient: recipient,
            table.locale: func.coalesce(locale, "en"),
            table.payload: payload,
            table.state: State.WAITING.value,
            table.attempts: 0,
            table.created_at: moment,
            table.due_at: due_at if held is None else max(due_at, held.until),
            table.good_until: good_until,
        },
    )
    stored = rows.on_conflict_do_nothing(index_elements=[table.key]).returning(table.key).cte("stored")
    # One statement stores the rows and notifies the listeners, which receive that at commit.
    notified = select(func.array_agg(stored.c.key), func.pg_notify(NOTIFY_CHANNEL, MessageChannel(channel).value))
    for keys, _ in db.session.execute(notified.having(func.count() > 0)):
        if held is not None:
            held.keys.extend(keys)


def withdraw(keys: Sequence[str]) -> int:
    """Withdraw the waiting messages with these keys, so that they are never sent, and return how many there were.

    The payload of secret kinds is wiped. A message that a process has claimed is not withdrawn and still sent.
    """
    table = OutboxMessage
    lasting = [kind.name for kind in every_kind() if not kind.secret]
    wiped = case((table.kind.in_(lasting), table.payload), else_=literal({}, JSONB))
    withdrawn = (
        update(table)
        .where(is_one_of(table.key, keys), table.state == State.WAITING, table.lease.is_(None))
        .values(state=State.WITHDRAWN.value, payload=wiped)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(withdrawn).all())
