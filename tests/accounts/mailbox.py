"""What the outbox holds for an address, as the service that wrote it left it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox.models import OutboxMessage


def mails(app: PortalFlask, email: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and payload of each message, oldest first."""
    with app.app_context():
        rows = db.session.execute(
            select(OutboxMessage.kind, OutboxMessage.payload)
            .where(OutboxMessage.recipient == email)
            .order_by(OutboxMessage.id)
        )
        return [(kind, payload) for kind, payload in rows]


def token_for(app: PortalFlask, email: str) -> str:
    """The token of the newest link."""
    links = [payload["url"] for kind, payload in mails(app, email) if kind == "accounts.verify_address"]
    return str(links[-1]).partition("token=")[2]
