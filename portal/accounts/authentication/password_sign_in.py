"""Signing in by password, with limits on how often a password may be tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication.outcome import ClientInfo, Outcome, Refusal, complete_first_factor
from portal.accounts.emails import normalise
from portal.accounts.models import PASSWORD_MAX, Account, SignInMethod
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.errors import TooMany
from portal.core.security import throttle
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.core.security.throttle import Delay, Limit

PER_ACCOUNT = Delay(
    "signin.account", free=10, first=timedelta(seconds=30), most=timedelta(minutes=15), forget=timedelta(days=1)
)
FROM_KNOWN_NETWORK = replace(PER_ACCOUNT, name="signin.known")
PER_NETWORK = Limit("signin.network", 200, timedelta(minutes=15))


def sign_in(actor: Actor, email: str, password: str, client: ClientInfo) -> Outcome:
    """Sign somebody in by password over the actor's channel.

    A refusal is a return value and not an error, because its audit entry must be committed. Known and unknown emails
    take the same time. Failures are counted per account and per network; raises ``TooMany`` beyond the limits.
    """
    email = normalise(email)
    throttled = LoginThrottle(actor, email)
    throttled.count_failure()
    account = queries.find_by_email(email)
    compared_hash = account.password_hash if account else None
    result = verify_password(compared_hash, password[: PASSWORD_MAX + 1])
    if account is None or result is PasswordCheck.WRONG or not lock_if_unchanged(account, compared_hash):
        record(actor, AccountAction.SIGN_IN_FAILED, target=("account", account.id) if account else None)
        return Refusal.WRONG
    throttled.reset()
    if result is PasswordCheck.RIGHT_NEEDS_REHASH:
        account.password_hash = hash_password(password)
    return complete_first_factor(actor, account, SignInMethod.PASSWORD, client)


def lock_if_unchanged(account: Account, compared_hash: str | None) -> bool:
    """Lock the account and return whether the hash that was compared is still its own.

    Comparing takes long, and meanwhile the password may have been changed or the account banned.
    """
    return queries.lock(account.id).password_hash == compared_hash


class LoginThrottle:
    """The limits on tries of one account's password from one network.

    A try counts as a failure before the password is compared, so that parallel tries cannot exceed a limit. Where the
    owner has signed in before, failures are counted for this account in this network alone: whoever tries emails, be
    it from elsewhere or from the same network, cannot lock an owner out who has been there.
    """

    def __init__(self, actor: Actor, email: str) -> None:
        """Choose the counters for a normalised email."""
        self.network = actor.network or "unknown"
        self.is_known_network = queries.has_signed_in_from(email, self.network)
        self.delay, self.subject = (
            (FROM_KNOWN_NETWORK, f"{self.network} {email}") if self.is_known_network else (PER_ACCOUNT, email)
        )

    def count_failure(self) -> None:
        """Count a try as a failure in advance; raise ``TooMany`` after too many failures."""
        if not self.is_known_network:
            raise_if_throttled(throttle.consume(PER_NETWORK, self.network))
        seconds = throttle.count_failure(self.delay, self.subject)
        if seconds and not self.is_known_network:
            throttle.refund(PER_NETWORK, self.network)
        raise_if_throttled(seconds)

    def reset(self) -> None:
        """Uncount the try, because the password was correct, and forget earlier failures of this account."""
        if not self.is_known_network:
            throttle.refund(PER_NETWORK, self.network)
        throttle.reset_failures(self.delay, self.subject)


def raise_if_throttled(seconds: int) -> None:
    """Raise ``TooMany`` when there are seconds to wait."""
    if seconds:
        raise TooMany("too_many_tries", _("Too many tries. Wait a little and try again."), retry_after=seconds)
