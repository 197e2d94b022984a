"""What accounts announce, for rooms above to act on in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Account


@dataclass(frozen=True, slots=True)
class AccountRegistered:
    """Somebody has registered; the year and the alias are as they were typed into the form."""

    account: Account
    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RegistrationOffered:
    """Somebody wants to register; whoever cannot use what was typed raises ``Invalid``.

    Announced before it shows whether the address is known, so that the answer cannot depend on it.
    """

    graduation_year: int | None
    telegram_alias: str | None


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """The office has made an alumna a friend of the alumni, or the reverse; the account has its new role."""

    account: Account
