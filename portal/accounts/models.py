"""Who you are: accounts, sign-ins, one-time secrets, the allow list."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.database import Base, Id

EMAIL_MAX = 254
NAME_MAX = 60
PASSWORD_MIN = 8
PASSWORD_MAX = 128
FIRST_GRADUATION_YEAR = 1900


class Role(StrEnum):
    """``staff`` work in the alumni office and do not appear among alumni."""

    ALUMNI = "alumni"
    ALUMNI_FRIEND = "alumni_friend"
    STAFF = "staff"


class VerifiedBy(StrEnum):
    """Who can verify a person: the mailed link for those on the allow list, else only the office."""

    MAIL = "mail"
    OFFICE = "office"


class Account(Base):
    """One person; the address is the identity, stored in lower case and unique over everybody."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("role IN ('alumni', 'alumni_friend', 'staff')", name="role"),
        CheckConstraint("verification IN ('mail', 'office')", name="verification"),
        Index("ix_accounts_to_verify", "created_at", postgresql_where=text("verified_at IS NULL")),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(EMAIL_MAX), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20), default=Role.ALUMNI)
    first_name: Mapped[str] = mapped_column(String(NAME_MAX))
    last_name: Mapped[str] = mapped_column(String(NAME_MAX))
    verification: Mapped[str] = mapped_column(String(10), default=VerifiedBy.OFFICE)
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    banned_at: Mapped[datetime | None]
    banned_until: Mapped[datetime | None]
    ban_reason: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(String(10))
    theme: Mapped[str | None] = mapped_column(String(10))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    def is_banned(self, at: datetime) -> bool:
        return self.banned_at is not None and (self.banned_until is None or at < self.banned_until)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class SignIn(Base):
    """One row per sign-in, through either door; ending it refuses the very next request."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("door IN ('page', 'api')", name="door"),
        Index("ix_sessions_open", "account_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    door: Mapped[str] = mapped_column(String(10))
    device: Mapped[str | None] = mapped_column(String(200))
    network: Mapped[str | None] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    idle_minutes: Mapped[int] = mapped_column(default=7 * 24 * 60)
    ended_at: Mapped[datetime | None]


class OneTimeSecret(Base):
    """A link and a six-digit code for one purpose, stored hashed, used once, guessed a limited number of times."""

    __tablename__ = "one_time_secrets"
    __table_args__ = (
        Index("ix_one_time_secrets_live", "account_id", "purpose", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(30))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AllowedAddress(Base):
    """An address that the university vouches for, as a keyed hash: the list cannot be read back."""

    __tablename__ = "allowed_addresses"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
