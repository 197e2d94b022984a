"""The tie between a registration and the browser in which it was made, until the email is confirmed.

The browser's signed cookie holds a token. In that browser, confirming the email also signs in, and a mistyped email can
be corrected. A registration with an email that has an account gets a token too, of a decoy, so that nothing shows it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from portal.accounts.authentication import one_time_secrets
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.models import Account, OneTimeSecret
from portal.core.security.passwords import hash_password

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Registration:
    """The values that a person enters to register; alumni friends have no graduation year.

    ``locale`` is the language of the messages to this person. With ``manual_verification`` the office verifies them
    even if they are on the allow list. ``password_hash`` stands in for the ``password`` once that has been checked.
    With ``may_have_one_name`` one of the names may be blank; clients of the API expect both. ``privacy_version`` is the
    version of the privacy notice that they were shown, ``None`` where none was shown.
    """

    first_name: str
    last_name: str
    email: str
    password: str
    locale: str
    role: str = "alumni"
    graduation_year: int | None = None
    telegram_alias: str | None = None
    manual_verification: bool = False
    password_hash: str | None = None
    privacy_version: int | None = None
    may_have_one_name: bool = False

    def with_hashed_password(self) -> Registration:
        """Return the registration with the hash of its password in place of the password."""
        return replace(self, password="", password_hash=self.password_hash or hash_password(self.password))


def bind(account: Account) -> str:
    """Return the token of a new tie between this browser and the account that was registered in it; older ones end."""
    one_time_secrets.end_all(account.id, Purpose.REGISTRATION)
    return one_time_secrets.issue(account.id, Purpose.REGISTRATION, LIFE).token


def bind_decoy(registration: Registration) -> str:
    """Return a token for a registration that made no account, because its email has one.

    The registration is kept with it, its password hashed, so that it can be made with a corrected email.
    """
    return one_time_secrets.issue(
        None, Purpose.REGISTRATION, LIFE, {"registration": asdict(registration.with_hashed_password())}
    ).token


def find(token: str) -> OneTimeSecret | None:
    """Return the live tie with this token, or ``None``."""
    secret = one_time_secrets.find(token, Purpose.REGISTRATION)
    return secret if secret is not None and one_time_secrets.is_live(secret) else None


def is_bound(token: str, account: Account) -> bool:
    """Return whether this token ties its browser to the registration of ``account``."""
    secret = find(token)
    return secret is not None and secret.account_id == account.id


def kept_registration(secret: OneTimeSecret) -> Registration:
    """Return the registration that is kept with a decoy."""
    return Registration(**secret.data["registration"])  # type: ignore[arg-type]  # the JSON of ``bind_decoy``
