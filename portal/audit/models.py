"""The table of the audit trail: one row per write, in the writing transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class AuditEntry(Base):
    """The entry of one audited act; ``action`` is ``<feature>.<verb>``, and ``details`` never holds a secret.

    ``target_type`` and ``target_id`` name the changed object. An entry about several people lists their ids as
    ``about`` in its details, so that it is found for each of them.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "actor_id", "at"),
        Index("ix_audit_entries_target", "target_type", "target_id", "at"),
        Index(
            "ix_audit_entries_about",
            text("(details -> 'about')"),
            postgresql_using="gin",
            postgresql_where=text("details ? 'about'"),
        ),
    )

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    channel: Mapped[str] = mapped_column("door", String(10), key="channel")
    network: Mapped[str | None] = mapped_column(String(50))
    request_id: Mapped[str | None] = mapped_column(String(64))
    target_type: Mapped[str | None] = mapped_column(String(30))
    target_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, object]] = mapped_column(default=dict)
