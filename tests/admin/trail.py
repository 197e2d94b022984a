"""Reads of the audit trail."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.extensions import db


def actions(app: PortalFlask, person: Account) -> list[str]:
    """Return the audited actions about a person, in order."""
    with app.app_context():
        entries = select(AuditEntry.action).where(AuditEntry.target_id == str(person.id))
        return list(db.session.scalars(entries.order_by(AuditEntry.at, AuditEntry.id)))
