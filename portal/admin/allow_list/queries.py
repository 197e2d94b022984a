"""Reads of the allow list; its emails are stored as keyed hashes and cannot be read back."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.accounts.models import AllowedEmail
from portal.extensions import db


def allowed_emails_count() -> int:
    """Return how many emails are on the allow list."""
    return db.session.scalar(select(func.count()).select_from(AllowedEmail)) or 0
