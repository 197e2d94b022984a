"""Reads of the outbox: messages by state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from portal.core.db.base import inline_literal
from portal.core.db.lists import LIMIT_DEFAULT, ListQuery, ListStatement, Page
from portal.extensions import db
from portal.outbox.models import OutboxMessage, State


def messages(state: State, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT) -> Page[Row[Any]]:
    """Return one page of the messages in a state, the newest first; of waiting ones, those that are due first.

    A row has the columns that the office's page shows, without the payload. Raise ``Invalid`` for a cursor of another
    list or state.
    """
    return _MESSAGES.page(state, values={}, scope=f"outbox {state}", cursor=cursor, limit=limit)


def _select(state: State) -> ListStatement:
    columns: Any = (
        OutboxMessage.id,
        OutboxMessage.kind,
        OutboxMessage.channel,
        OutboxMessage.recipient,
        OutboxMessage.state,
        OutboxMessage.attempts,
        OutboxMessage.created_at,
        OutboxMessage.due_at,
        OutboxMessage.sent_at,
        OutboxMessage.last_error,
    )
    order = (
        (OutboxMessage.due_at.asc(), OutboxMessage.id.asc())
        if state is State.WAITING
        else (OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    )
    return ListStatement(select(*columns).where(OutboxMessage.state == inline_literal(state.value)), order)


_MESSAGES = ListQuery(_select)


def message_counts() -> dict[State, int]:
    """Return how many messages of the outbox are in each state, 0 included."""
    rows = db.session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    counted = {row[0]: row[1] for row in rows}
    return {state: counted.get(state, 0) for state in State}


def undelivered_count() -> int:
    """Return how many messages of the outbox were given up or are uncertain."""
    undelivered = OutboxMessage.state.in_([State.GIVEN_UP, State.UNCERTAIN])
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(undelivered)) or 0


def messages_to(email: str, *, limit: int) -> Sequence[Row[Any]]:
    """Return the last ``limit`` messages to an email, the newest first, without their payload."""
    table = OutboxMessage
    columns: Any = (table.kind, table.channel, table.state, table.created_at, table.due_at, table.sent_at)
    newest: Any = select(*columns).where(table.recipient == email).order_by(table.created_at.desc(), table.id.desc())
    rows: Sequence[Row[Any]] = db.session.execute(newest.limit(limit)).all()
    return rows
