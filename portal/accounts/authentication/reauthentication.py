"""Showing once more that it is oneself, before a change that could take the account away."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, password_sign_in, totp
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Purpose
from portal.accounts.models import Account, SecondFactor, SignIn
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.security.passwords import PasswordCheck, verify_password
from portal.extensions import db
from portal.outbox.models import MessageChannel


def by_password(actor: Actor, password: str) -> bool:
    """Right: the proof is new again. Raises ``TooMany`` after too many wrong ones."""
    account = queries.get(actor.id)
    return noted(actor, account, is_right=is_password(actor, account, password))


def is_password(actor: Actor, account: Account, password: str) -> bool:
    """Compare within the limits of signing in."""
    attempt = password_sign_in.Attempt(actor, account.email)
    attempt.count()
    is_right = verify_password(account.password_hash, password) is not PasswordCheck.WRONG
    if is_right:
        attempt.succeed()
    return is_right


def send_code(actor: Actor) -> None:
    """Mail a code to whoever has no password at hand. Raises ``TooMany`` within 60 seconds of the one before."""
    account = queries.lock(actor.id)
    if account.second_factor == SecondFactor.TOTP:
        raise Conflict("use_authenticator", _("Use the code from your authenticator app."))
    codes.check_may_ask(actor, account.email, Purpose.PROVE)
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.PROVE))
    data = codes.subject_data(actor, account.email, Purpose.PROVE, channel=MessageChannel.MAIL.value)
    codes.send(account, MessageChannel.MAIL, one_time_secrets.issue(account.id, Purpose.PROVE, CODE_LIFE, data))
    record(actor, "accounts.request_proof_code", target=("account", account.id))


def by_code(actor: Actor, code: str) -> bool:
    """The same by the mailed code, or by the authenticator where there is one. Raises ``TooMany``."""
    account = queries.lock(actor.id)
    if account.second_factor == SecondFactor.TOTP:
        return noted(actor, account, is_right=is_authenticators(account, code))
    secret = one_time_secrets.live(account.id, Purpose.PROVE)
    return noted(actor, account, is_right=secret is not None and codes.guess(secret, code).is_right)


def is_authenticators(account: Account, code: str) -> bool:
    subject = codes.subject_of(account.email, Purpose.PROVE)
    codes.count_towards_day(subject)
    is_right = totp.accepts(account, code)
    if is_right:
        codes.excuse(subject)
    return is_right


def noted(actor: Actor, account: Account, *, is_right: bool) -> bool:
    if is_right:
        db.session.execute(update(SignIn).where(SignIn.id == actor.session_id).values(proved_at=now()))
    record(actor, "accounts.prove" if is_right else "accounts.prove_failed", target=("account", account.id))
    return is_right
