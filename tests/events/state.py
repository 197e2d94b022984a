"""Reads of the stored state of events."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.events.models import Event, Participation
from portal.extensions import db
from portal.notifications.models import Notice


def attendance(app: PortalFlask, event: Event) -> dict[uuid.UUID, str]:
    with app.app_context():
        rows = db.session.scalars(select(Participation).where(Participation.event_id == event.id))
        return {row.account_id: row.state for row in rows}


def notices_of(app: PortalFlask, account: Account) -> list[str]:
    """Return the kinds of the notices of a person, the oldest first."""
    with app.app_context():
        return list(
            db.session.scalars(
                select(Notice.kind).where(Notice.account_id == account.id).order_by(Notice.created_at, Notice.id)
            )
        )


def audited(app: PortalFlask) -> list[str]:
    with app.app_context():
        actions = select(AuditEntry.action).where(AuditEntry.action.startswith("events."))
        return list(db.session.scalars(actions.order_by(AuditEntry.at, AuditEntry.id)))
