"""Signing in: by password, and by the code that proves a new address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.addresses import normalise
from portal.accounts.models import PASSWORD_MAX, Account, SignIn
from portal.accounts.services import sessions, verification
from portal.audit.services import record
from portal.core import throttle
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.passwords import Verdict, hash_password, verify_password
from portal.core.throttle import Limit

PER_ACCOUNT = Limit("signin.account", 10, timedelta(minutes=15))
PER_NETWORK = Limit("signin.network", 200, timedelta(minutes=15))


class Refusal(Enum):
    """Why nobody was signed in; the last two are only said after a right password."""

    WRONG = "wrong_credentials"
    NOT_VERIFIED = "not_verified"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account
    sign_in: SignIn


def sign_in(actor: Actor, email: str, password: str, *, device: str | None = None) -> SignedIn | Refusal:
    """Sign somebody in through the actor's door.

    A refusal is a return value, because its audit entry must stay. Known and unknown addresses take the same time.
    Failures are counted per account and per network. Raises ``TooMany`` beyond that.
    """
    counted = [(PER_ACCOUNT, normalise(email)), (PER_NETWORK, actor.network or "unknown")]
    for limit, subject in counted:
        refuse_when_over(limit, subject)
    account = queries.find_by_email(email)
    verdict = verify_password(account.password_hash if account else None, password[: PASSWORD_MAX + 1])
    if account is None or verdict is Verdict.WRONG:
        record(actor, "accounts.sign_in_failed", target=("account", account.id) if account else None)
        return Refusal.WRONG
    for limit, subject in counted:
        throttle.give_back(limit, subject)
    if verdict is Verdict.RIGHT_BUT_OLD:
        account.password_hash = hash_password(password)
    return let_in(actor, account, device)


def sign_in_by_code(actor: Actor, email: str, code: str, *, device: str | None = None) -> SignedIn | Refusal:
    """Prove a new address by the code of its mail, and be signed in. A code that does not work is ``WRONG``."""
    account = verification.verify_by_code(actor, email, code)
    return let_in(actor, account, device) if account else Refusal.WRONG


def let_in(actor: Actor, account: Account, device: str | None) -> SignedIn | Refusal:
    """Open a sign-in for somebody who has proved to be this person, if their standing allows it."""
    refusal = standing_refusal(account)
    if refusal is not None:
        record(actor, "accounts.sign_in_refused", target=("account", account.id), reason=refusal.value)
        return refusal
    opened = sessions.open_sign_in(actor, account, device)
    record(actor, "accounts.sign_in", target=("account", account.id))
    return SignedIn(account, opened)


def standing_refusal(account: Account) -> Refusal | None:
    """Why this person may not come in although they are who they say."""
    if not account.is_verified:
        return Refusal.NOT_VERIFIED
    return Refusal.BANNED if account.is_banned(now()) else None


def refuse_when_over(limit: Limit, subject: str) -> None:
    """Count a try; raise ``TooMany`` when there were too many before it."""
    seconds = throttle.spend(limit, subject)
    if seconds:
        raise TooMany("too_many_tries", _("Too many tries. Wait a little and try again."), retry_after=seconds)
