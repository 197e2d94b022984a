"""The messages of the outbox for one email, as the service wrote them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox.models import OutboxMessage


def sent_messages(app: PortalFlask, email: str) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and payload of each message, oldest first."""
    with app.app_context():
        rows = db.session.execute(
            select(OutboxMessage.kind, OutboxMessage.payload)
            .where(OutboxMessage.recipient == email)
            .order_by(OutboxMessage.id)
        )
        return [(kind, payload) for kind, payload in rows]


def message_states(app: PortalFlask, email: str) -> list[tuple[str, str]]:
    """Return kind and state of each message, oldest first."""
    with app.app_context():
        own = select(OutboxMessage.kind, OutboxMessage.state).where(OutboxMessage.recipient == email)
        return [(kind, state) for kind, state in db.session.execute(own.order_by(OutboxMessage.id))]


def payload_of(app: PortalFlask, email: str, kind: str) -> dict[str, Any]:
    """Return the payload of the newest message of a kind."""
    return [payload for sent, payload in sent_messages(app, email) if sent == kind][-1]


def link_token(app: PortalFlask, email: str) -> str:
    """Return the token of the newest link that confirms an email."""
    return str(payload_of(app, email, "accounts.verify_address")["url"]).partition("token=")[2]
