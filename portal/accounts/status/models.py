"""The table of questions that the alumni office asks people who wait for it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import REASON_MAX
from portal.core.clock import now
from portal.core.db.base import Base, Id

ANSWER_MAX = 1000


class OfficeQuestion(Base):
    """A question of the alumni office to a person who waits for it, with the answer; at most one is open at a time."""

    __tablename__ = "office_questions"
    __table_args__ = (
        Index(None, "account_id", "asked_at"),
        Index("uq_office_questions_open", "account_id", unique=True, postgresql_where=text("answered_at IS NULL")),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(REASON_MAX))
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str | None] = mapped_column(String(ANSWER_MAX))
    answered_at: Mapped[datetime | None]
