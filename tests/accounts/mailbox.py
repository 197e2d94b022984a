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


def states_of(app: PortalFlask, email: str) -> list[tuple[str, str]]:
    """Kind and state of each message, oldest first."""
    with app.app_context():
        mine = select(OutboxMessage.kind, OutboxMessage.state).where(OutboxMessage.recipient == email)
        return [(kind, state) for kind, state in db.session.execute(mine.order_by(OutboxMessage.id))]


def payload_of(app: PortalFlask, email: str, kind: str) -> dict[str, Any]:
    """What the newest message of a kind says."""
    return [payload for found, payload in mails(app, email) if found == kind][-1]


def token_for(app: PortalFlask, email: str) -> str:
    """The token of the newest link."""
    return str(payload_of(app, email, "accounts.verify_address")["url"]).partition("token=")[2]
