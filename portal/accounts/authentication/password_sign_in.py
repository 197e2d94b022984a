"""Signing in: by password, by the code that proves a new address, and what every way in has in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, sessions
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Purpose
from portal.accounts.authentication.sessions import Visit
from portal.accounts.emails import normalise
from portal.accounts.models import PASSWORD_MAX, Account, Method, SecondFactor, SignIn
from portal.accounts.registration import verification
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.security import throttle
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.core.security.throttle import Delay, Limit
from portal.outbox.models import MessageChannel

PER_ACCOUNT = Delay(
    "signin.account", free=10, first=timedelta(seconds=30), most=timedelta(minutes=15), forget=timedelta(days=1)
)
WHERE_KNOWN = replace(PER_ACCOUNT, name="signin.known")
PER_NETWORK = Limit("signin.network", 200, timedelta(minutes=15))

CHANNELS = {SecondFactor.MAIL: MessageChannel.MAIL, SecondFactor.TELEGRAM: MessageChannel.TELEGRAM}
"""Second factors that are a code on its way."""


class Refusal(Enum):
    """Why nobody was signed in; all but the first are only said after a right password or code."""

    WRONG = "wrong_credentials"
    NOT_VERIFIED = "not_verified"
    BANNED = "banned"
    PASSWORD_FIRST = "password_first"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``refreshing``: the client wants tokens that it will exchange."""

    account: Account
    sign_in: SignIn
    refreshing: bool


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The first proof was right and the account asks for another; ``token`` stands for the first."""

    token: str
    factor: SecondFactor


Outcome = SignedIn | SecondStep | Refusal


def sign_in(actor: Actor, email: str, password: str, visit: Visit) -> Outcome:
    """Sign somebody in by password, through the actor's door.

    A refusal is a return value, because its audit entry must stay. Known and unknown addresses take the same time.
    Failures are counted per account and per network. Raises ``TooMany`` beyond that.
    """
    attempt = Attempt(actor, email)
    attempt.count()
    account = queries.find_by_email(email)
    stored = account.password_hash if account else None
    verdict = verify_password(stored, password[: PASSWORD_MAX + 1])
    if account is None or verdict is PasswordCheck.WRONG or not still_has(account, stored):
        record(actor, "accounts.sign_in_failed", target=("account", account.id) if account else None)
        return Refusal.WRONG
    attempt.succeed()
    if verdict is PasswordCheck.RIGHT_NEEDS_REHASH:
        account.password_hash = hash_password(password)
    return let_in(actor, account, Method.PASSWORD, visit)


def still_has(account: Account, stored: str | None) -> bool:
    """Lock the account: is the password that was compared still its own?

    Comparing takes long, and meanwhile it may have been changed, or the account banned.
    """
    return queries.lock(account.id).password_hash == stored


def sign_in_by_code(actor: Actor, email: str, code: str, visit: Visit) -> Outcome:
    """Prove a new address by the code of its mail, and be signed in. A code that does not work is ``WRONG``."""
    account = verification.verify_by_code(actor, email, code)
    return let_in(actor, account, Method.MAIL_CODE, visit) if account else Refusal.WRONG


def let_in(actor: Actor, account: Account, method: Method, visit: Visit) -> Outcome:
    """Open a sign-in for somebody who has given a first proof, or ask for the second that the account wants."""
    refusal = standing_refusal(account) or factor_refusal(account, method)
    if refusal is not None:
        record(actor, "accounts.sign_in_refused", target=("account", account.id), reason=refusal.value)
        return refusal
    if account.has_second_factor:
        return ask_for_more(actor, account, method, visit)
    return open_door(actor, account, method, visit)


def ask_for_more(actor: Actor, account: Account, method: Method, visit: Visit) -> SecondStep:
    """Hand out a token that stands for the first proof, and send a code where the second is one.

    A code that is on its way already keeps working. Raises ``TooMany`` when it was guessed at too often.
    """
    factor = SecondFactor(account.second_factor)
    asked = {"method": method.value, "refreshing": visit.refreshing, "channel": str(CHANNELS.get(factor, ""))}
    data = codes.subject_data(actor, account.email, Purpose.SECOND_STEP, **asked)
    sent_already = one_time_secrets.live(account.id, Purpose.SECOND_STEP) if factor in CHANNELS else None
    record(actor, "accounts.first_step", target=("account", account.id), method=method.value)
    if sent_already is not None and codes.is_cooling_down(sent_already):
        sent_already.data = data
        return SecondStep(one_time_secrets.new_token(sent_already), factor)
    if factor in CHANNELS:
        codes.check_may_ask(actor, account.email, Purpose.SECOND_STEP)
        codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.SECOND_STEP))
    issued = one_time_secrets.issue(account.id, Purpose.SECOND_STEP, CODE_LIFE, data)
    if factor in CHANNELS:
        codes.send(account, CHANNELS[factor], issued, codes.chat_of(account))
    return SecondStep(issued.token, factor)


def open_door(actor: Actor, account: Account, method: Method, visit: Visit) -> SignedIn:
    """Every proof is given."""
    opened = sessions.open_sign_in(actor, account, method, visit)
    record(actor, "accounts.sign_in", target=("account", account.id), method=method.value)
    return SignedIn(account, opened, visit.refreshing)


def standing_refusal(account: Account) -> Refusal | None:
    """Why this person may not come in although they are who they say."""
    if not account.is_verified:
        return Refusal.NOT_VERIFIED
    return Refusal.BANNED if account.is_banned(now()) else None


def factor_refusal(account: Account, method: Method) -> Refusal | None:
    """A code proves no more the second time: where codes are the second step, the password is the first."""
    same = {SecondFactor.MAIL: Method.MAIL_CODE, SecondFactor.TELEGRAM: Method.TELEGRAM_CODE}
    is_same = same.get(SecondFactor(account.second_factor)) is method
    return Refusal.PASSWORD_FIRST if is_same else None


class Attempt:
    """One try of a password, counted before it is compared.

    Where the owner has signed in before, failures are counted for this account in this network alone. So whoever
    tries addresses, be it from elsewhere or from the same network, cannot keep an owner out who has been there.
    """

    def __init__(self, actor: Actor, email: str) -> None:
        self.network = actor.network or "unknown"
        address = normalise(email)
        self.is_known = queries.has_been_at(address, self.network)
        self.delay, self.subject = (
            (WHERE_KNOWN, f"{self.network} {address}") if self.is_known else (PER_ACCOUNT, address)
        )

    def count(self) -> None:
        """Raises ``TooMany`` when there were too many failures before."""
        if not self.is_known:
            refuse(throttle.consume(PER_NETWORK, self.network))
        seconds = throttle.count_failure(self.delay, self.subject)
        if seconds and not self.is_known:
            throttle.refund(PER_NETWORK, self.network)
        refuse(seconds)

    def succeed(self) -> None:
        """It was right: nothing is counted, and earlier failures of this account are forgotten."""
        if not self.is_known:
            throttle.refund(PER_NETWORK, self.network)
        throttle.reset_failures(self.delay, self.subject)


def refuse(seconds: int) -> None:
    if seconds:
        raise TooMany("too_many_tries", _("Too many tries. Wait a little and try again."), retry_after=seconds)
