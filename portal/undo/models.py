"""The table of acts that can be undone for a moment."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class UndoableAct(Base):
    """An act of the alumni office, with what undoing it needs.

    ``action`` is its audit action, ``target_type`` and ``target_id`` name what it changed. ``before`` and ``after`` are
    the state of that as the feature describes it. Until ``undo_until`` its messages, with the keys ``message_keys``,
    wait to be sent; ``notice_keys`` are those of its notices.
    """

    __tablename__ = "undoable_acts"

    id: Mapped[Id]
    action: Mapped[str] = mapped_column(String(60))
    target_type: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[uuid.UUID]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, object]] = mapped_column(default=dict)
    after: Mapped[dict[str, object]] = mapped_column(default=dict)
    message_keys: Mapped[list[str]] = mapped_column(JSONB, default=list)
    notice_keys: Mapped[list[str]] = mapped_column(JSONB, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
