"""Choosing what one's account asks for after the password; each change ends the other sign-ins and is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, sessions, totp
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.messages import SECOND_FACTOR_CHANGED, tell
from portal.accounts.models import Account, SecondFactor
from portal.accounts.status import policies
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.extensions import db

SET_UP_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: the key to type, and the address that the QR code says."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class State:
    """What an account asks for, and what it could."""

    factor: SecondFactor
    has_chat: bool
    recovery_codes_left: int


def state_of(actor: Actor) -> State:
    account = queries.get(actor.id)
    factor = SecondFactor(account.second_factor)
    left = totp.recovery_codes_left(account) if factor is SecondFactor.TOTP else 0
    return State(factor, codes.chat_of(account) is not None, left)


def begin_authenticator(actor: Actor) -> Setup:
    """A key to scan; it counts once a number of it was confirmed. The one before it is forgotten."""
    account = queries.lock(actor.id)
    key = totp.new_secret()
    data = codes.subject_data(actor, account.email, Purpose.SET_UP_AUTHENTICATOR, sealed=totp.seal(key))
    one_time_secrets.end_all(account.id, Purpose.SET_UP_AUTHENTICATOR)
    one_time_secrets.issue(account.id, Purpose.SET_UP_AUTHENTICATOR, SET_UP_WITHIN, data)
    record(actor, "accounts.begin_authenticator", target=("account", account.id))
    return Setup(key, totp.address(account, key))


def pending_setup(actor: Actor) -> Setup | None:
    """The key that was handed out within half an hour and waits for its first number."""
    pending = one_time_secrets.live(actor.id, Purpose.SET_UP_AUTHENTICATOR)
    if pending is None:
        return None
    key = totp.unseal(str(pending.data["sealed"]))
    return Setup(key, totp.address(queries.get(actor.id), key))


def confirm_authenticator(actor: Actor, code: str) -> list[str] | None:
    """Turn the authenticator on; the recovery codes to be shown once, or ``None`` for a wrong number.

    Raises ``Conflict`` when no key was handed out within half an hour, ``TooMany`` after too many wrong numbers.
    """
    account = queries.lock(actor.id)
    pending = one_time_secrets.live(account.id, Purpose.SET_UP_AUTHENTICATOR)
    if pending is None and account.second_factor == SecondFactor.TOTP:
        raise Conflict(
            "set_up_already", _("The app is already set up. You can get new recovery codes under “Security”.")
        )
    if pending is None:
        raise Conflict("set_up_over", _("That took too long, or too many codes were wrong. Scan a new QR code."))
    codes.count_towards_day(str(pending.data["subject"]))
    one_time_secrets.count_guess(pending)
    key = totp.unseal(str(pending.data["sealed"]))
    step = totp.step_of(key, code, after=0)
    if step is None:
        return None
    codes.excuse(str(pending.data["subject"]))
    one_time_secrets.use(pending)
    account.totp_secret, account.totp_step = totp.seal(key), step
    change(actor, account, SecondFactor.TOTP)
    return totp.new_recovery_codes(account)


def choose(actor: Actor, wanted: str) -> None:
    """Have no second step, or a code by mail or to one's Telegram chat; the same again changes nothing.

    Raises ``Invalid`` without such a chat, and for an authenticator, which is set up by its own two steps.
    """
    account = queries.lock(actor.id)
    if wanted == account.second_factor:
        return
    if wanted != SecondFactor.NONE:
        check_can_use(account, wanted)
    forget(account)
    change(actor, account, SecondFactor(wanted))


def check_can_use(account: Account, factor: str) -> None:
    if factor == SecondFactor.TELEGRAM and codes.chat_of(account) is None:
        raise Invalid("no_chat", _("Connect your Telegram chat first."), field="factor")
    if factor not in {SecondFactor.MAIL, SecondFactor.TELEGRAM}:
        raise Invalid("bad_factor", _("Choose email or Telegram."), field="factor")
    if account.password_hash is None:
        raise Invalid("no_password", _("Set a password first: you enter the code after it."), field="factor")


def remove(actor: Actor, account_id: uuid.UUID) -> None:
    """The office helps somebody who has lost theirs; every sign-in of the account ends."""
    policies.check_may_secure(actor)
    account = queries.lock(account_id)
    if not account.has_second_factor:
        raise Conflict("no_second_factor", _("This account does not use two-step verification."))
    forget(account)
    sessions.end_all(account.id)
    record(actor, "accounts.remove_second_factor", target=("account", account.id))
    tell(account, SECOND_FACTOR_CHANGED, key=moment_key(), factor=SecondFactor.NONE.value, by_office=True)


def renew_recovery_codes(actor: Actor) -> list[str]:
    """Ten fresh recovery codes to be shown once; raises ``Conflict`` without an authenticator."""
    account = queries.lock(actor.id)
    if account.second_factor != SecondFactor.TOTP:
        raise Conflict("no_authenticator", _("Set up an authenticator app first."))
    record(actor, "accounts.renew_recovery_codes", target=("account", account.id))
    return totp.new_recovery_codes(account)


def change(actor: Actor, account: Account, factor: SecondFactor) -> None:
    """The other sign-ins have not given this proof, so they end."""
    account.second_factor = factor
    db.session.flush()
    one_time_secrets.end_all(account.id, Purpose.SECOND_STEP, Purpose.SIGN_IN)
    sessions.sign_out_elsewhere(actor)
    record(actor, "accounts.change_second_factor", target=("account", account.id), factor=factor.value)
    tell(account, SECOND_FACTOR_CHANGED, key=moment_key(), factor=factor.value, by_office=False)


def forget(account: Account) -> None:
    """The account asks for nothing more, and what it asked for opens nothing."""
    account.second_factor = SecondFactor.NONE
    account.totp_secret = account.totp_step = None
    totp.forget_recovery_codes(account)


def moment_key() -> str:
    return f"{now().timestamp():.6f}"
