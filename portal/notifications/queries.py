"""Reads of notices."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from portal.extensions import db
from portal.notifications.models import Notice


def was_told(account_id: uuid.UUID, fact: str, *, since: datetime) -> bool:
    """Whether the person got a notice after ``since`` whose key is ``fact``, a colon and anything."""
    told = select(Notice.id).where(
        Notice.account_id == account_id,
        Notice.created_at > since,
        Notice.key.startswith(f"{fact}:", autoescape=True),
    )
    return db.session.scalar(told.limit(1)) is not None
