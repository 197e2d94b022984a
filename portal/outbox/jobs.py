"""Periodic jobs of the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_

from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import dispatcher
from portal.outbox.models import MessageChannel, OutboxMessage, State

RETENTION = timedelta(days=90)
"""How long sent and withdrawn messages are kept."""


def send_mails(now: datetime) -> int:
    """Send the emails that are due, and return how many were sent.

    Due are retries, emails that were stored for later, and those that no listener was notified of.
    """
    return dispatcher.send_due(MessageChannel.MAIL)


def send_telegram(now: datetime) -> int:
    """Send the Telegram messages that are due, and return how many were sent.

    It is a job of its own, so that emails and Telegram messages do not wait for each other.
    """
    return dispatcher.send_due(MessageChannel.TELEGRAM)


def forget_sent(now: datetime) -> int:
    """Delete messages sent, and withdrawn ones due, more than ``RETENTION`` (90 days) before ``now``; return how many.

    Messages that were given up or are uncertain stay, because the office has to see them.
    """
    table, before = OutboxMessage, now - RETENTION
    sent = and_(table.state == State.SENT, table.sent_at < before)
    withdrawn = and_(table.state == State.WITHDRAWN, table.due_at < before)
    with unit_of_work():
        return len(db.session.scalars(delete(table).where(or_(sent, withdrawn)).returning(table.id)).all())
