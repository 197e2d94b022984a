"""Signing in by password, with limits on how often a password may be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from weakref import WeakValueDictionary

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication.outcome import ClientInfo, Outcome, Refusal, complete_first_factor
from portal.accounts.emails import validate
from portal.accounts.models import Account, SignInMethod
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
PER_KNOWN_NETWORK = Limit("signin.known_network", 1_000, timedelta(minutes=15))

_tries: WeakValueDictionary[str, Lock] = WeakValueDictionary()
_tries_lock = Lock()


def sign_in(actor: Actor, email: str, password: str, client: ClientInfo) -> Outcome:
    """Sign somebody in by email and password over the actor's channel.

    Return the open session, the requirement of a second factor, or a ``Refusal``, which is not an error because its
    audit entry must be committed. Known and unknown emails take the same time. An outdated password hash is replaced.
    Raise ``Invalid`` for text that is no email, and ``TooMany`` after too many failures for the account or from the
    network, or too many requests for the code of a second factor.
    """
    email = validate(email)
    throttled = LoginThrottle(actor, email)
    with throttled.counted():
        account = queries.find_by_email(email)
        compared_hash = account.password_hash if account else None
        result = verify_password(compared_hash, password)
        if account is not None and result is not PasswordCheck.WRONG:
            throttled.reset()
    if account is None or result is PasswordCheck.WRONG or not lock_if_unchanged(account, compared_hash):
        record(actor, AccountAction.SIGN_IN_FAILED, target=("account", account.id) if account else None)
        return Refusal.WRONG
    if result is PasswordCheck.RIGHT_NEEDS_REHASH:
        account.password_hash = hash_password(password)
    return complete_first_factor(actor, account, SignInMethod.PASSWORD, client)


def lock_if_unchanged(account: Account, compared_hash: str | None) -> bool:
    """Lock an account until the transaction ends, and return whether its password hash is still ``compared_hash``.

    Comparing a password takes long, and meanwhile it may have been changed or the account banned. Raise ``NotFound`` if
    the account was deleted.
    """
    return queries.lock(account.id).password_hash == compared_hash


class LoginThrottle:
    """The limits on tries of one account's password from one network.

    A try counts as a failure before the password is compared, so that parallel tries cannot exceed a limit. In a
    network from which the owner has signed in before, failures are counted for this account in this network alone:
    tries from elsewhere, or for other accounts from the same network, cannot lock the owner out there. All tries of
    known people from one network have a limit of their own, which is larger than that of strangers.
    """

    def __init__(self, actor: Actor, email: str) -> None:
        """Choose the counters for a normalised email.

        They count in the actor's network alone if the owner has signed in from it before, else in all networks.
        """
        self.network = actor.network or "unknown"
        self.is_known_network = queries.has_signed_in_from(email, self.network)
        self.delay, self.subject = (
            (FROM_KNOWN_NETWORK, f"{self.network} {email}") if self.is_known_network else (PER_ACCOUNT, email)
        )
        self.of_network = PER_KNOWN_NETWORK if self.is_known_network else PER_NETWORK

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a try as a failure and then run the block, which compares the password and may call ``reset``.

        Within one process, tries of one account follow each other: correct passwords that arrive together would
        otherwise count as failures of each other. The block must not lock rows. Raise ``TooMany``, with the seconds to
        wait, after too many failures.
        """
        with _tries_lock:
            own = _tries.setdefault(f"{self.delay.name} {self.subject}", Lock())
        with own:
            self.count_failure()
            yield

    def count_failure(self) -> None:
        """Count a try as a failure in advance; raise ``TooMany``, with the seconds to wait, after too many failures."""
        raise_if_throttled(throttle.consume(self.of_network, self.network))
        seconds = throttle.count_failure(self.delay, self.subject)
        if seconds:
            throttle.refund(self.of_network, self.network)
        raise_if_throttled(seconds)

    def reset(self) -> None:
        """Stop counting the present try, whose password was correct, and forget this account's earlier failures."""
        throttle.refund(self.of_network, self.network)
        throttle.reset_failures(self.delay, self.subject)


def raise_if_throttled(seconds: int) -> None:
    """Raise ``TooMany`` unless ``seconds``, the time to wait before the next try, is 0."""
    if seconds:
        raise TooMany("too_many_tries", _("Too many tries. Wait a little and try again."), retry_after=seconds)
