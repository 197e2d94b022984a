"""Deletion of ended sessions, expired secrets and tokens, and counters of the throttle."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from portal.accounts.models import OneTimeSecret, RefreshToken, SignIn
from portal.core.db.unit_of_work import unit_of_work
from portal.core.security import throttle
from portal.extensions import db

SESSIONS_KEPT_FOR = timedelta(days=90)
SECRETS_KEPT_FOR = timedelta(days=7)
"""Long enough to say on the page of a link that it has been used."""


def purge(now: datetime) -> int:
    """Delete the outdated rows of sessions, secrets, refresh tokens and limits, and return how many were deleted.

    Sessions are kept for 90 days after they ended or expired, one-time secrets for 7 days after they expired. Refresh
    tokens that have expired and counters that limit nothing any more are not kept. ``now`` is the current time.
    """
    session_limit, secret_limit = now - SESSIONS_KEPT_FOR, now - SECRETS_KEPT_FOR
    with unit_of_work():
        is_old = or_(SignIn.ended_at < session_limit, SignIn.expires_at < session_limit)
        sessions = delete(SignIn).where(is_old).returning(SignIn.id)
        secrets = delete(OneTimeSecret).where(OneTimeSecret.expires_at < secret_limit).returning(OneTimeSecret.id)
        tokens = delete(RefreshToken).where(RefreshToken.expires_at < now).returning(RefreshToken.id)
        deleted = sum(len(db.session.scalars(statement).all()) for statement in (sessions, secrets, tokens))
    return deleted + throttle.delete_unused(now) + throttle.delete_forgotten(now)
