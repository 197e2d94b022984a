"""Tables of accounts, sessions, tokens, one-time secrets, warnings and the allow list."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.names import SORT_NAME_MAX, search_text, sort_name
from portal.core.clock import now
from portal.core.db.base import Base, Id

EMAIL_MAX = 254
NAME_MAX = 60
PASSWORD_MIN = 8
PASSWORD_MAX = 128
FIRST_GRADUATION_YEAR = 1900
CONTACT_MAX = 64
REASON_MAX = 500
SORTED = String(SORT_NAME_MAX, collation="C")
"""The type of sort keys, which are compared by code points whatever the collation of the database."""


class Role(StrEnum):
    """The role of a person; people with the role ``staff`` work in the alumni office and are in no list of people."""

    ALUMNI = "alumni"
    ALUMNI_FRIEND = "alumni_friend"
    STAFF = "staff"


class VerifiedBy(StrEnum):
    """How a person can be verified: by the emailed link if they are on the allow list, else only by the office."""

    MAIL = "mail"
    OFFICE = "office"


class SecondFactor(StrEnum):
    """The second factor that an account asks for at sign-in."""

    NONE = "none"
    MAIL = "mail"
    TELEGRAM = "telegram"
    TOTP = "totp"


class SignInMethod(StrEnum):
    """The first factor by which a session was opened."""

    PASSWORD = "password"  # noqa: S105 - the method's name
    MAIL_CODE = "mail_code"
    TELEGRAM_CODE = "telegram_code"


class ContactKind(StrEnum):
    """A way to reach a person besides the email of the account."""

    TELEGRAM = "telegram"


NAME_COLUMNS = ("first_name", "last_name", "other_first_name", "other_last_name", "former_last_name")


def _default_search(context: DefaultExecutionContext) -> str:
    return search_text(*map(_insert_values(context).get, NAME_COLUMNS))


def _default_sort_name(context: DefaultExecutionContext) -> str:
    values = _insert_values(context)
    return sort_name(values["first_name"], values["last_name"])


def _default_sort_name_ru(context: DefaultExecutionContext) -> str:
    values = _insert_values(context)
    return sort_name(values["first_name"], values["last_name"], "ru")


def _insert_values(context: DefaultExecutionContext) -> dict[str, Any]:
    """Return the values, by column, of the row that an ORM or Core statement inserts."""
    values: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return values


class Account(Base):
    """The account of one person, identified by an email that is stored in lower case and unique over all roles.

    ``email_confirmed_at`` is when the person proved that they read the email; whoever waits for the office may sign in
    from then on. ``other_first_name`` and ``other_last_name`` spell the name in another script. By ``former_last_name``
    a person is found, but it is shown to nobody. ``search`` and the sort names are derived whenever names are written;
    only rows inserted by COPY must contain them. ``sort_name_ru`` orders names for readers of Russian, ``sort_name``
    for others.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("role IN ('alumni', 'alumni_friend', 'staff')", name="role"),
        CheckConstraint("verification IN ('mail', 'office')", name="verification"),
        CheckConstraint("second_factor IN ('none', 'mail', 'telegram', 'totp')", name="second_factor"),
        Index("ix_accounts_to_verify", "created_at", postgresql_where=text("verified_at IS NULL")),
        Index(
            "ix_accounts_perhaps_unlisted",
            "id",
            postgresql_where=text("verified_at IS NULL OR banned_at IS NOT NULL OR role = 'staff'"),
        ),
        # Bans that end by themselves, which whoever counts people must ask for at each time.
        Index(None, "banned_until", postgresql_where=text("banned_until IS NOT NULL")),
        Index("ix_accounts_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index(None, "sort_name", "id"),
        Index(None, "sort_name_ru", "id"),
        Index(None, "verified_at", "id"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(EMAIL_MAX), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20), default=Role.ALUMNI)
    first_name: Mapped[str] = mapped_column(String(NAME_MAX))
    last_name: Mapped[str] = mapped_column(String(NAME_MAX))
    other_first_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    other_last_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    former_last_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    search: Mapped[str] = mapped_column(Text, default=_default_search, deferred=True)
    sort_name: Mapped[str] = mapped_column(SORTED, default=_default_sort_name, deferred=True)
    sort_name_ru: Mapped[str] = mapped_column(SORTED, default=_default_sort_name_ru, deferred=True)
    verification: Mapped[str] = mapped_column(String(10), default=VerifiedBy.OFFICE)
    email_confirmed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    banned_at: Mapped[datetime | None]
    banned_until: Mapped[datetime | None]
    ban_reason: Mapped[str | None] = mapped_column(Text)
    second_factor: Mapped[str] = mapped_column(String(10), default=SecondFactor.NONE, server_default="none")
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    locale: Mapped[str | None] = mapped_column(String(10))
    theme: Mapped[str | None] = mapped_column(String(10))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    @property
    def has_second_factor(self) -> bool:
        """Whether the account asks for a second factor at sign-in."""
        return self.second_factor != SecondFactor.NONE

    @property
    def is_verified(self) -> bool:
        """Whether the person has been accepted, by the emailed link or by the office."""
        return self.verified_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether the person has confirmed their email and waits for the office to accept them."""
        return not self.is_verified and self.verification == VerifiedBy.OFFICE and self.email_confirmed_at is not None

    def is_banned(self, at: datetime) -> bool:
        """Return whether a ban without an end, or one that ends later, applies at the instant ``at``."""
        return self.banned_at is not None and (self.banned_until is None or at < self.banned_until)

    @property
    def name(self) -> str:
        """The first and the last name, separated by a blank; the only name of a person who has one."""
        return f"{self.first_name} {self.last_name}".strip()


@event.listens_for(Account, "before_update")
def _update_search_columns(_mapper: object, _connection: object, account: Account) -> None:
    state = inspect(account)
    if any(state.attrs[name].history.has_changes() for name in NAME_COLUMNS):
        account.search = search_text(*(getattr(account, name) for name in NAME_COLUMNS))
        account.sort_name = sort_name(account.first_name, account.last_name)
        account.sort_name_ru = sort_name(account.first_name, account.last_name, "ru")


class SignIn(Base):
    """A session: one sign-in on one device, through pages or API. Once it has ended, its next request is refused.

    ``authenticated_at`` is the time of the last sign-in or re-authentication. A session that refreshes its tokens has
    the hash of its session token in ``token_hash``, which is valid until ``token_expires_at``.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("door IN ('page', 'api')", name="door"),
        CheckConstraint("method IN ('password', 'mail_code', 'telegram_code')", name="method"),
        Index("ix_sessions_open", "account_id", postgresql_where=text("ended_at IS NULL")),
        Index(None, "account_id", "network"),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column("door", String(10), key="channel")
    method: Mapped[str] = mapped_column(String(20), default=SignInMethod.PASSWORD)
    device: Mapped[str | None] = mapped_column(String(200))
    network: Mapped[str | None] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(default=now)
    authenticated_at: Mapped[datetime] = mapped_column("proved_at", key="authenticated_at", default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    idle_minutes: Mapped[int] = mapped_column(default=7 * 24 * 60)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One refresh token in the chain of a session, stored hashed.

    ``salt`` is set when the token is exchanged: with the token itself, which is stored nowhere, it yields the
    successor, so that a repeated exchange returns the identical tokens (``portal.accounts.authentication.tokens``).
    """

    __tablename__ = "refresh_tokens"

    id: Mapped[Id]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    exchanged_at: Mapped[datetime | None]


class OneTimeSecret(Base):
    """A link and a code of six or eight digits for one purpose; both are stored hashed and work once.

    The code allows a few attempts. A row without an account is a decoy, so that an unknown email gets the response of
    a known one; it grants nothing.
    """

    __tablename__ = "one_time_secrets"
    __table_args__ = (
        Index("ix_one_time_secrets_live", "account_id", "purpose", postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_one_time_secrets_kept_address",
            text("(data ->> 'email')"),
            postgresql_where=text("purpose = 'undo_address' AND ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(30))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, object]] = mapped_column(default=dict, server_default=text("'{}'"))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that replaces a lost authenticator app, stored hashed; each works once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class ContactPoint(Base):
    """A verified way to reach a person, such as a Telegram chat.

    It belongs to one account at a time, and an account has at most one of each kind.
    """

    __tablename__ = "contact_points"
    __table_args__ = (
        CheckConstraint("kind IN ('telegram')", name="kind"),
        UniqueConstraint("kind", "value"),
        UniqueConstraint("account_id", "kind"),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(CONTACT_MAX))
    verified_at: Mapped[datetime] = mapped_column(default=now)


def ban_ends_on(until: datetime) -> date:
    """Return the date in UTC of the instant ``until`` at which a ban ends, wherever the person is."""
    return until.astimezone(UTC).date()


class AccountWarning(Base):
    """A warning by the alumni office, shown to the person on every page until they mark it as read."""

    __tablename__ = "account_warnings"
    __table_args__ = (Index("ix_account_warnings_unread", "account_id", postgresql_where=text("read_at IS NULL")),)

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(REASON_MAX))
    given_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class AllowedEmail(Base):
    """An email that the university vouches for, stored as a keyed hash from which it cannot be read back."""

    __tablename__ = "allowed_addresses"

    email_hash: Mapped[str] = mapped_column("address_hash", String(64), key="email_hash", primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
