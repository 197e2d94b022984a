"""The table of notices, by which people are notified inside the portal."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class Notice(Base):
    """A notice to one person inside the portal; its text is the subject of its message kind, rendered with ``payload``.

    ``key`` is unique, so that nobody is notified twice. ``target_url`` is the path of the page to which it links.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_list", "account_id", "created_at"),
        Index("ix_notices_unread", "account_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, object]] = mapped_column(default=dict)
    target_url: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
