"""What the outbox does from time to time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.core.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import dispatcher
from portal.outbox.models import OutboxMessage, State

KEPT = timedelta(days=90)


def send_due(now: datetime) -> int:
    """The safety net: retries, messages for later, and whatever no listener heard of."""
    return dispatcher.send_due()


def forget_sent(now: datetime) -> int:
    """Drop what has long been sent; messages that were given up stay until the office has seen to them."""
    with unit_of_work():
        gone = delete(OutboxMessage).where(OutboxMessage.state == State.SENT, OutboxMessage.sent_at < now - KEPT)
        return len(db.session.scalars(gone.returning(OutboxMessage.id)).all())
