"""Domain events about accounts, which later features handle in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Account


@dataclass(frozen=True, slots=True)
class AccountRegistered:
    """An account was created: somebody registered, or an administrator was created.

    The graduation year and the Telegram alias are as typed; both are ``None`` for an administrator.
    """

    account: Account
    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RegistrationValidated:
    """A registration is being validated; a handler raises ``Invalid`` if it cannot use one of the values.

    It is published before the email is looked up, so that the response cannot depend on whether the email is known.
    """

    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """The office has changed a role between alumni and alumni friend; ``account`` has the new one."""

    account: Account
