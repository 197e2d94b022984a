"""Tables of the texts that the office has written, and of the consents to the privacy notice."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id

TEXT_MAX = 20_000


class TextKind(StrEnum):
    """The texts that everybody can read; the value is the path of the page, too."""

    HELP = "help"
    PRIVACY = "privacy"
    CONTACT = "contact"


class StoredText(Base):
    """A text as the office has saved it, in both languages; the newest row of a kind is in force.

    Older rows stay, so that one can see what somebody has agreed to: ``version`` is that of the privacy notice.
    """

    __tablename__ = "texts"
    __table_args__ = (CheckConstraint("kind IN ('help', 'privacy', 'contact')", name="kind"), Index(None, "kind", "id"))

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    english: Mapped[str] = mapped_column(String(TEXT_MAX))
    russian: Mapped[str] = mapped_column(String(TEXT_MAX))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class PrivacyConsent(Base):
    """The consent of one person to one version of the privacy notice."""

    __tablename__ = "privacy_consents"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    agreed_at: Mapped[datetime] = mapped_column(default=now)
