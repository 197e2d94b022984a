"""Sign-ins: opened, ended one by one or all at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update

from portal.accounts.models import Account, SignIn
from portal.audit.services import record
from portal.core.actor import Actor, Door
from portal.core.clock import now
from portal.core.environment import settings
from portal.extensions import db

DEVICE_MAX = 200
MINUTES_A_DAY = 24 * 60


def open_sign_in(actor: Actor, account: Account, device: str | None) -> SignIn:
    """A new sign-in through the actor's door; it ends when it was not used for the days that door allows."""
    days = settings().session_days if actor.door is Door.PAGE else settings().legacy_session_days
    sign_in = SignIn(
        account_id=account.id,
        door=actor.door.value,
        device=(device or "")[:DEVICE_MAX] or None,
        network=actor.network,
        expires_at=now() + timedelta(days=days),
        idle_minutes=days * MINUTES_A_DAY,
    )
    db.session.add(sign_in)
    db.session.flush()
    return sign_in


def sign_out(actor: Actor) -> None:
    """End the sign-in of this request; a second time changes nothing."""
    if actor.session_id is None:
        return
    db.session.execute(
        update(SignIn).where(SignIn.id == actor.session_id, SignIn.ended_at.is_(None)).values(ended_at=now())
    )
    record(actor, "accounts.sign_out", target=("account", actor.account_id))


def end_all(account_id: uuid.UUID) -> None:
    """End every sign-in of an account: the very next request through any door is refused."""
    db.session.execute(
        update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=now())
    )
