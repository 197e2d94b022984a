"""What the outbox does from time to time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_

from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import dispatcher
from portal.outbox.models import MessageChannel, OutboxMessage, State

KEPT = timedelta(days=90)


def send_mails(now: datetime) -> int:
    """The safety net: retries, messages for later, and whatever no listener heard of."""
    return dispatcher.send_due(MessageChannel.MAIL)


def send_telegram(now: datetime) -> int:
    """The same for Telegram, so that neither waits for the other."""
    return dispatcher.send_due(MessageChannel.TELEGRAM)


def forget_sent(now: datetime) -> int:
    """Drop what was sent or withdrawn long ago; what was given up stays until the office has seen to it."""
    table, before = OutboxMessage, now - KEPT
    sent = and_(table.state == State.SENT, table.sent_at < before)
    withdrawn = and_(table.state == State.WITHDRAWN, table.due_at < before)
    with unit_of_work():
        return len(db.session.scalars(delete(table).where(or_(sent, withdrawn)).returning(table.id)).all())
