"""Tokens of the API: they name a sign-in and nothing else, and every request looks at its row.

A client that never refreshes gets an access token that lives as long as its sign-in. One that does gets three: a
signed access token with an end, an opaque session token, and a refresh token that is exchanged for a new set.

The successor of a refresh token is derived from the token itself, which is stored nowhere, and a random salt, which
is stored. So the honest repetition of an exchange whose answer was lost yields the same set again, and of parallel
exchanges one wins and the others learn its result; nothing that the database holds opens anything. A repetition
after ``REPEAT_WITHIN``, or of a token whose successor was exchanged too, means that somebody else has it: the whole
sign-in ends (RFC 9700, section 4.14.2).
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
from portal.accounts.authentication import sessions
from portal.accounts.models import RefreshToken, SignIn
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.security import signing
from portal.extensions import db

REPEAT_WITHIN = timedelta(seconds=10)
TOKEN_MAX = 200


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an API client carries; ``access_seconds`` is the access token's life."""

    session_id: uuid.UUID
    access: str
    access_seconds: int
    session: str
    refresh: str


class Refusal(Enum):
    """Why a refresh token was not exchanged."""

    UNKNOWN = "unknown"
    OVER = "over"
    REUSED = "reused"


def lasting_access_token(sign_in: SignIn) -> str:
    """A signed token without an end of its own, for clients that know no refreshing."""
    return str(create_access_token(identity=str(sign_in.id), expires_delta=False))


def first_set(sign_in: SignIn) -> Tokens:
    """The tokens of a sign-in that was just opened by a client that refreshes."""
    return hand_out(sign_in, secrets.token_urlsafe(32))


def hand_out(sign_in: SignIn, refresh: str) -> Tokens:
    """Store the hashes of a new set; the session token before it ends."""
    environment = settings()
    moment = now()
    lasts_until = moment + timedelta(days=environment.refresh_token_days)
    db.session.add(RefreshToken(session_id=sign_in.id, token_hash=refresh_hash(refresh), expires_at=lasts_until))
    sign_in.token_hash = queries.session_token_hash(session_token(refresh))
    sign_in.token_expires_at = moment + timedelta(days=environment.session_days)
    sign_in.expires_at = lasts_until
    db.session.flush()
    return as_set(sign_in, refresh)


def as_set(sign_in: SignIn, refresh: str) -> Tokens:
    life = timedelta(minutes=settings().access_token_minutes)
    access = str(create_access_token(identity=str(sign_in.id), expires_delta=life))
    return Tokens(sign_in.id, access, int(life.total_seconds()), session_token(refresh), refresh)


def exchange(actor: Actor, token: str) -> Tokens | Refusal:
    """A new set for a refresh token. A refusal is a return value, because what it ended must stay ended."""
    found = find(token)
    if found is None:
        return Refusal.UNKNOWN
    sign_in = queries.lock_sign_in(found.session_id)
    db.session.refresh(found)  # as it is now that nobody else can exchange it
    if not queries.counts(sign_in):
        return Refusal.OVER
    moment = now()
    if found.salt is None:
        return rotate(actor, sign_in, found, token) if moment < found.expires_at else Refusal.OVER
    latest = successor(token, found.salt)
    if is_honest_repetition(found, latest, moment):
        return as_set(sign_in, latest)
    sessions.end(SignIn.id == sign_in.id)
    record(actor, "accounts.refresh_token_reused", target=("account", sign_in.account_id), session=str(sign_in.id))
    return Refusal.REUSED


def rotate(actor: Actor, sign_in: SignIn, found: RefreshToken, token: str) -> Tokens:
    found.salt, found.exchanged_at = secrets.token_hex(32), now()
    record(actor, "accounts.refresh", target=("account", sign_in.account_id), session=str(sign_in.id))
    return hand_out(sign_in, successor(token, found.salt))


def is_honest_repetition(found: RefreshToken, latest: str, moment: datetime) -> bool:
    """Soon after the exchange, and nobody has used what it gave."""
    following = find(latest)
    unused = following is not None and following.salt is None
    return unused and found.exchanged_at is not None and moment - found.exchanged_at <= REPEAT_WITHIN


def find(token: str) -> RefreshToken | None:
    if len(token) > TOKEN_MAX:
        return None
    return db.session.scalar(select(RefreshToken).where(RefreshToken.token_hash == refresh_hash(token)))


def refresh_hash(token: str) -> str:
    return signing.hexdigest("refresh_token", token)


def successor(token: str, salt: str) -> str:
    return signing.hexdigest_with(token, f"refresh:{salt}")


def session_token(refresh: str) -> str:
    """The session token that was handed out together with a refresh token."""
    return signing.hexdigest_with(refresh, "session")
