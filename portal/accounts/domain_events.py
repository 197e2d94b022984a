"""Domain events about accounts, which later features handle in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Account


@dataclass(frozen=True, slots=True)
class AccountRegistered:
    """An account was registered; the graduation year and the Telegram alias are as typed."""

    account: Account
    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RegistrationValidated:
    """A registration is validated; a handler that cannot use the values raises ``Invalid``.

    It is published before the email is looked up, so that the response cannot depend on whether the email is known.
    """

    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """The office changed a role between alumni and alumni friend; the account has the new role."""

    account: Account
