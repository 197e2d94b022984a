"""Reads of notices."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from portal.extensions import db
from portal.notifications.models import Notice


def was_notified(account_id: uuid.UUID, key_prefix: str, *, since: datetime) -> bool:
    """Return whether a person got a notice after ``since`` whose key begins with ``key_prefix`` and a colon."""
    notices = select(Notice.id).where(
        Notice.account_id == account_id,
        Notice.created_at > since,
        Notice.key.startswith(f"{key_prefix}:", autoescape=True),
    )
    return db.session.scalar(notices.limit(1)) is not None
