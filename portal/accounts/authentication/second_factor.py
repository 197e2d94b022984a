"""Choosing the second factor of an account; each change ends the other sessions and is reported by email."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _

from portal.accounts import policies, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, guesses, one_time_secrets, sessions, totp
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.messages import SECOND_FACTOR_CHANGED, enqueue_email, timestamp_key
from portal.accounts.models import Account, SecondFactor
from portal.accounts.security_notices import OfficeChange, notify_administrators
from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.errors import Conflict, Invalid
from portal.extensions import db

SET_UP_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class AuthenticatorSetup:
    """The key of an authenticator app, to be typed in, and the ``otpauth:`` URI with it for the QR code."""

    key: str
    uri: str


@dataclass(frozen=True, slots=True)
class FactorState:
    """The second factor of an account, whether Telegram can be chosen, and how many recovery codes are unused."""

    factor: SecondFactor
    has_chat: bool
    recovery_codes_left: int


def state_of(actor: Actor) -> FactorState:
    """Return the present second factor of the actor's account, and what they could choose.

    ``recovery_codes_left`` is 0 for any factor but the authenticator app.
    """
    account = queries.get(actor.id)
    factor = SecondFactor(account.second_factor)
    codes_left = totp.recovery_codes_left(account) if factor is SecondFactor.TOTP else 0
    return FactorState(factor, codes.telegram_chat(account.id) is not None, codes_left)


def begin_authenticator(actor: Actor) -> AuthenticatorSetup:
    """Issue and return a new key for an authenticator app, valid for 30 minutes, and add an audit entry.

    The app becomes the second factor only by ``confirm_authenticator``. An earlier key that was not confirmed ends.
    Raise ``ReauthenticationNeeded`` without a recent authentication.
    """
    check_recent_auth(actor)
    account = queries.lock(actor.id)
    key = totp.new_key()
    data = codes.throttle_data(actor, account.email, Purpose.SET_UP_AUTHENTICATOR, sealed=totp.encrypt_key(key))
    one_time_secrets.end_all(account.id, Purpose.SET_UP_AUTHENTICATOR)
    one_time_secrets.issue(account.id, Purpose.SET_UP_AUTHENTICATOR, SET_UP_WITHIN, data)
    record(actor, AccountAction.BEGIN_AUTHENTICATOR, target=("account", account.id))
    return AuthenticatorSetup(key, totp.provisioning_uri(account, key))


def pending_setup(actor: Actor) -> AuthenticatorSetup | None:
    """Return the actor's authenticator key that still awaits its first code, or ``None``.

    A key waits for at most 30 minutes and five wrong codes.
    """
    pending = one_time_secrets.find_live(actor.id, Purpose.SET_UP_AUTHENTICATOR)
    if pending is None:
        return None
    key = totp.decrypt_key(str(pending.data["sealed"]))
    return AuthenticatorSetup(key, totp.provisioning_uri(queries.get(actor.id), key))


def confirm_authenticator(actor: Actor, code: str) -> list[str] | None:
    """Make the authenticator app the second factor and return ten new recovery codes, or ``None`` for a wrong code.

    As with ``change``, other sessions end and the person is notified by email. Raise ``Conflict`` if no key awaits its
    first code (30 minutes, five attempts), ``ReauthenticationNeeded`` without a recent authentication, and ``TooMany``
    beyond the daily limit of wrong codes.
    """
    check_recent_auth(actor)
    account = queries.lock(actor.id)
    pending = one_time_secrets.find_live(account.id, Purpose.SET_UP_AUTHENTICATOR)
    if pending is None and account.second_factor == SecondFactor.TOTP:
        raise Conflict(
            "set_up_already", _("The app is already set up. You can get new recovery codes under “Security”.")
        )
    if pending is None:
        raise Conflict("set_up_over", _("That took too long, or too many codes were wrong. Scan a new QR code."))
    asker = guesses.asker_of_secret(pending)
    guesses.count(actor, asker)
    one_time_secrets.count_attempt(pending)
    key = totp.decrypt_key(str(pending.data["sealed"]))
    step = totp.step_of(key, code, after=0)
    guesses.settle(actor, asker, is_wrong=step is None)
    if step is None:
        return None
    one_time_secrets.use(pending)
    account.totp_secret, account.totp_step = totp.encrypt_key(key), step
    change(actor, account, SecondFactor.TOTP)
    return totp.new_recovery_codes(account)


def choose(actor: Actor, factor: str) -> None:
    """Set the second factor to a code by email or Telegram, or to none; choosing the present one changes nothing.

    Recovery codes are deleted; as with ``change``, other sessions end and the person is notified by email. Raise
    ``Invalid`` for Telegram without a verified chat, for an account without a password, and for an authenticator app,
    which is set up by ``begin_authenticator`` and ``confirm_authenticator``. Raise ``ReauthenticationNeeded`` without a
    recent authentication.
    """
    check_recent_auth(actor)
    account = queries.lock(actor.id)
    if factor == account.second_factor:
        return
    if factor != SecondFactor.NONE:
        check_can_choose(account, factor)
    clear(account)
    change(actor, account, SecondFactor(factor))


def check_can_choose(account: Account, factor: str) -> None:
    """Raise ``Invalid`` unless ``factor`` is email or Telegram and the account can use codes sent that way.

    The account needs a password, and for Telegram a verified chat.
    """
    if factor == SecondFactor.TELEGRAM and codes.telegram_chat(account.id) is None:
        raise Invalid("no_chat", _("Connect your Telegram chat first."), field="factor")
    if factor not in {SecondFactor.MAIL, SecondFactor.TELEGRAM}:
        raise Invalid("bad_factor", _("Choose email or Telegram."), field="factor")
    if account.password_hash is None:
        raise Invalid("no_password", _("Set a password first: you enter the code after it."), field="factor")


def remove(actor: Actor, account_id: uuid.UUID) -> None:
    """Remove the second factor of somebody who lost it, as the office, and end all sessions of the account.

    The person and all administrators are notified by email, and an audit entry is added. Raise ``Forbidden`` for an
    actor who may not do this for others, ``ReauthenticationNeeded`` without a recent authentication, ``NotFound`` for
    an unknown account and ``Conflict`` for one without a second factor.
    """
    policies.check_may_secure(actor)
    check_recent_auth(actor)
    account = queries.lock(account_id)
    if not account.has_second_factor:
        raise Conflict("no_second_factor", _("This account does not use two-step verification."))
    clear(account)
    sessions.end_all(account.id)
    record(actor, AccountAction.REMOVE_SECOND_FACTOR, target=("account", account.id))
    enqueue_email(account, SECOND_FACTOR_CHANGED, key=timestamp_key(), factor=SecondFactor.NONE.value, by_office=True)
    notify_administrators(actor, OfficeChange.SECOND_FACTOR_REMOVED, account)


def renew_recovery_codes(actor: Actor) -> list[str]:
    """Replace the actor's recovery codes by ten new ones and return these; add an audit entry.

    Raise ``Conflict`` if the second factor is not an authenticator app, and ``ReauthenticationNeeded`` without a recent
    authentication.
    """
    check_recent_auth(actor)
    account = queries.lock(actor.id)
    if account.second_factor != SecondFactor.TOTP:
        raise Conflict("no_authenticator", _("Set up an authenticator app first."))
    record(actor, AccountAction.RENEW_RECOVERY_CODES, target=("account", account.id))
    return totp.new_recovery_codes(account)


def change(actor: Actor, account: Account, factor: SecondFactor) -> None:
    """Store ``factor`` as the second factor, end the other sessions and started sign-ins, and email the person.

    Audit entries are added for the change and for the sessions.
    """
    account.second_factor = factor
    db.session.flush()
    one_time_secrets.end_all(account.id, Purpose.SECOND_FACTOR, Purpose.SIGN_IN)
    sessions.sign_out_elsewhere(actor)
    record(actor, AccountAction.CHANGE_SECOND_FACTOR, target=("account", account.id), factor=factor.value)
    enqueue_email(account, SECOND_FACTOR_CHANGED, key=timestamp_key(), factor=factor.value, by_office=False)


def clear(account: Account) -> None:
    """Set the second factor of an account to none, and delete its authenticator key and recovery codes."""
    account.second_factor = SecondFactor.NONE
    account.totp_secret = account.totp_step = None
    totp.delete_recovery_codes(account)
