"""Deletion of acts that can no longer be undone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.undo.models import UndoableAct

KEPT_FOR = timedelta(days=1)
"""Long enough to answer a late attempt with what happened."""


def purge(now: datetime) -> int:
    """Delete the acts older than ``KEPT_FOR`` and return how many were deleted; ``now`` is the current time."""
    old = delete(UndoableAct).where(UndoableAct.created_at < now - KEPT_FOR).returning(UndoableAct.id)
    with unit_of_work():
        return len(db.session.scalars(old).all())
