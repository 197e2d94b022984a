"""Tokens of the API: they name a session and grant nothing by themselves, because every request reads its row.

A client that never refreshes gets an access token that lives as long as its session. A client that refreshes gets
three: a signed access token that expires, an opaque session token, and a refresh token that is exchanged for a new set.

The successor of a refresh token is derived from the token itself, which is stored nowhere, and a random salt, which is
stored. So an exchange that is repeated because its response was lost returns the same refresh and session token, and of
parallel exchanges one wins and the others get its result; nothing in the database is usable as a token. A repetition
after ``RETRY_WITHIN``, or of a token whose successor was exchanged too, means that somebody else has the token: the
whole session ends (RFC 9700, section 4.14.2).
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask_jwt_extended import create_access_token
from sqlalchemy import select

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import sessions
from portal.accounts.models import RefreshToken, SignIn
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.security import signing
from portal.extensions import db

RETRY_WITHIN = timedelta(seconds=60)
TOKEN_MAX = 200


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one session; ``access_seconds`` is the life of the access token in seconds.

    A client that does not refresh gets an access token that is valid as long as its session; ``access_seconds``,
    ``session`` and ``refresh`` are then ``None``.
    """

    session_id: uuid.UUID
    access: str
    access_seconds: int | None = None
    session: str | None = None
    refresh: str | None = None


class Refusal(Enum):
    """Why a refresh token was not exchanged: unknown, expired or its session ended, or used a second time."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REUSED = "reused"


def first_set(sign_in: SignIn) -> Tokens:
    """Issue and return the first access, session and refresh token of a session whose client refreshes."""
    return issue_set(sign_in, secrets.token_urlsafe(32))


def issue_set(sign_in: SignIn, refresh: str) -> Tokens:
    """Store the hashes of ``refresh`` and the session token derived from it; return both with a new access token.

    The session's former session token stops working, and the session expires when the refresh token does.
    """
    environment = settings()
    moment = now()
    lasts_until = moment + timedelta(days=environment.refresh_token_days)
    db.session.add(RefreshToken(session_id=sign_in.id, token_hash=refresh_token_hash(refresh), expires_at=lasts_until))
    sign_in.token_hash = session_token_hash(session_token(refresh))
    sign_in.token_expires_at = moment + timedelta(days=environment.session_days)
    sign_in.expires_at = lasts_until
    db.session.flush()
    return build_set(sign_in, refresh)


def build_set(sign_in: SignIn, refresh: str) -> Tokens:
    """Return ``refresh``, the session token derived from it and a new signed access token; nothing is stored."""
    life = timedelta(minutes=settings().access_token_minutes)
    access = str(create_access_token(identity=str(sign_in.id), expires_delta=life))
    return Tokens(sign_in.id, access, int(life.total_seconds()), session_token(refresh), refresh)


def exchange(actor: Actor, token: str) -> Tokens | Refusal:
    """Exchange a refresh token for a new set of tokens, or return why it is refused.

    An exchange repeated within 60 seconds returns the successor again while nobody has exchanged that one; any other
    second use ends the session. Audit entries are added for the exchange and for such misuse. A refusal is returned and
    not raised, because an error would roll the end of the session back.
    """
    refresh_token = find(token)
    if refresh_token is None:
        return Refusal.UNKNOWN
    sign_in = queries.lock_sign_in(refresh_token.session_id)
    db.session.refresh(refresh_token)  # it may have been exchanged before the lock was taken
    if not queries.is_usable(sign_in):
        return Refusal.EXPIRED
    moment = now()
    if refresh_token.salt is None:
        is_expired = moment >= refresh_token.expires_at
        return Refusal.EXPIRED if is_expired else rotate(actor, sign_in, refresh_token, token)
    latest = successor(token, refresh_token.salt)
    if is_retry(refresh_token, latest, moment):
        return build_set(sign_in, latest)
    sessions.end(SignIn.id == sign_in.id)
    record(actor, AccountAction.REFRESH_TOKEN_REUSED, target=("account", sign_in.account_id), session=str(sign_in.id))
    return Refusal.REUSED


def rotate(actor: Actor, sign_in: SignIn, refresh_token: RefreshToken, token: str) -> Tokens:
    """Mark a refresh token as exchanged, add an audit entry, and issue and return the set of tokens that follows it.

    ``token`` is the plain text of ``refresh_token``.
    """
    refresh_token.salt, refresh_token.exchanged_at = secrets.token_hex(32), now()
    record(actor, AccountAction.REFRESH, target=("account", sign_in.account_id), session=str(sign_in.id))
    return issue_set(sign_in, successor(token, refresh_token.salt))


def is_retry(refresh_token: RefreshToken, latest: str, moment: datetime) -> bool:
    """Return whether a second exchange at ``moment`` may be a retry after a lost response.

    It may if the first one was at most ``RETRY_WITHIN`` ago and ``latest``, the successor, has not been exchanged.
    """
    following = find(latest)
    is_unused = following is not None and following.salt is None
    exchanged_at = refresh_token.exchanged_at
    return is_unused and exchanged_at is not None and moment - exchanged_at <= RETRY_WITHIN


def find(token: str) -> RefreshToken | None:
    """Return the stored row of a refresh token, exchanged or expired ones included, or ``None`` if it is unknown."""
    if len(token) > TOKEN_MAX:
        return None
    return db.session.scalar(select(RefreshToken).where(RefreshToken.token_hash == refresh_token_hash(token)))


def refresh_token_hash(token: str) -> str:
    """Return the keyed hash under which a refresh token is stored, as 64 hexadecimal digits."""
    return signing.hexdigest("refresh_token", token)


def session_token_hash(token: str) -> str:
    """Return the keyed hash under which a session token is stored, as 64 hexadecimal digits."""
    return signing.hexdigest("session_token", token)


def successor(token: str, salt: str) -> str:
    """Return the refresh token that follows ``token``, derived from it and the stored ``salt`` of its exchange."""
    return signing.hexdigest_with(token, f"refresh:{salt}")


def session_token(refresh: str) -> str:
    """Return the session token that is issued together with the refresh token ``refresh`` and derived from it."""
    return signing.hexdigest_with(refresh, "session")
