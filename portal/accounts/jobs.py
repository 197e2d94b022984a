"""Clearing up after sign-ins, secrets and limits that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from portal.accounts.models import OneTimeSecret, RefreshToken, SignIn
from portal.core.db.unit_of_work import unit_of_work
from portal.core.security import throttle
from portal.extensions import db

KEPT = timedelta(days=90)
SECRETS_KEPT = timedelta(days=7)
"""Long enough to tell somebody that a link of theirs has done its work."""


def purge(now: datetime) -> int:
    """Forget what ended long ago; how many rows that was."""
    past, recent = now - KEPT, now - SECRETS_KEPT
    with unit_of_work():
        over = delete(SignIn).where(or_(SignIn.ended_at < past, SignIn.expires_at < past)).returning(SignIn.id)
        expired = delete(OneTimeSecret).where(OneTimeSecret.expires_at < recent).returning(OneTimeSecret.id)
        exchanged = delete(RefreshToken).where(RefreshToken.expires_at < now).returning(RefreshToken.id)
        gone = sum(len(db.session.scalars(statement).all()) for statement in (over, expired, exchanged))
    return gone + throttle.delete_unused(now) + throttle.delete_forgotten(now)
