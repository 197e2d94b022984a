"""Sign-ins: opened, looked at, ended one by one or all at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.models import Account, Method, SignIn
from portal.accounts.status.policies import check_may_end_sign_in, check_may_secure
from portal.audit.services import record
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.errors import NotFound
from portal.extensions import db

DEVICE_MAX = 200
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """With what somebody comes: the browser's or app's name for itself, and whether it will refresh its tokens."""

    device: str | None = None
    refreshing: bool = False


def open_sign_in(actor: Actor, account: Account, method: Method, visit: Visit) -> SignIn:
    """A new sign-in through the actor's door; it ends when it was not used for the days that door allows."""
    days = days_without_use(actor.channel, refreshing=visit.refreshing)
    sign_in = SignIn(
        account_id=account.id,
        channel=actor.channel.value,
        method=method,
        device=(visit.device or "")[:DEVICE_MAX] or None,
        network=actor.network,
        expires_at=now() + timedelta(days=days),
        idle_minutes=days * MINUTES_A_DAY,
    )
    db.session.add(sign_in)
    db.session.flush()
    return sign_in


def days_without_use(channel: Channel, *, refreshing: bool) -> int:
    if channel is Channel.PAGE:
        return settings().session_days
    return settings().refresh_token_days if refreshing else settings().legacy_session_days


def sign_out(actor: Actor) -> None:
    """End the sign-in of this request; a second time changes nothing."""
    if actor.session_id is None:
        return
    if end(SignIn.id == actor.session_id):
        record(actor, "accounts.sign_out", target=("account", actor.account_id))


def sign_out_everywhere(actor: Actor) -> int:
    """End every sign-in of the actor's account, this one too; how many there were."""
    ended = end_all(actor.id)
    record(actor, "accounts.sign_out_everywhere", target=("account", actor.id), ended=ended)
    return ended


def sign_out_elsewhere(actor: Actor) -> int:
    """End every sign-in of the actor's account but this one; how many there were."""
    ended = end(SignIn.account_id == actor.id, SignIn.id != actor.session_id)
    record(actor, "accounts.sign_out_elsewhere", target=("account", actor.id), ended=ended)
    return ended


def end_one(actor: Actor, account_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """End one sign-in of an account: one's own, or as the office anybody's. A second time changes nothing.

    Raises ``Forbidden``, and ``NotFound`` for a sign-in that is not this account's.
    """
    check_may_end_sign_in(actor, account_id)
    if not queries.has_sign_in(account_id, session_id):
        raise NotFound("sign_in_not_found", _("That device is no longer signed in."))
    if end(SignIn.id == session_id):
        record(actor, "accounts.end_sign_in", target=("account", account_id), session=str(session_id))


def end_every_one(actor: Actor, account_id: uuid.UUID) -> int:
    """The office ends every sign-in of an account; how many there were. Raises ``Forbidden``, ``NotFound``."""
    check_may_secure(actor)
    account = queries.lock(account_id)
    ended = end_all(account.id)
    record(actor, "accounts.end_sign_ins", target=("account", account.id), ended=ended)
    return ended


def end_all(account_id: uuid.UUID) -> int:
    """End every sign-in of an account: the very next request through any door is refused."""
    return end(SignIn.account_id == account_id)


def end(*which: object) -> int:
    """End the sign-ins that match and are still open; how many there were."""
    moment = now()
    ended = update(SignIn).where(*which, SignIn.ended_at.is_(None)).values(ended_at=moment)  # type: ignore[arg-type]  # conditions
    return len(db.session.execute(ended.returning(SignIn.id)).all())
