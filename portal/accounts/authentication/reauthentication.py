"""Re-authentication: entering the password or a code again before a change that could take the account away."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, guesses, one_time_secrets, totp
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Purpose
from portal.accounts.authentication.password_sign_in import LoginThrottle
from portal.accounts.models import Account, SecondFactor, SignIn
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.security.passwords import PasswordCheck, verify_password
from portal.extensions import db
from portal.outbox.models import MessageChannel


def by_password(actor: Actor, password: str) -> bool:
    """Re-authenticate the actor by password, and return whether it was correct.

    The time is stored with the session if it was; an audit entry is added in either case. Raise ``TooMany`` after too
    many failures, which count like those of signing in.
    """
    account = queries.get(actor.id)
    return record_result(actor, account, is_correct=is_own_password(actor, account, password))


def is_own_password(actor: Actor, account: Account, password: str) -> bool:
    """Return whether ``password`` is the account's; always ``False`` for an account without one.

    Raise ``TooMany`` after too many failures, which count like those of signing in.
    """
    throttled = LoginThrottle(actor, account.email)
    with throttled.counted():
        is_correct = verify_password(account.password_hash, password) is not PasswordCheck.WRONG
        if is_correct:
            throttled.reset()
    return is_correct


def send_code(actor: Actor) -> None:
    """Email the actor a code for re-authentication and add an audit entry; earlier such codes end.

    Raise ``Conflict`` for an account with an authenticator app, and ``TooMany`` within 60 seconds of the previous code
    or beyond other limits.
    """
    account = queries.lock(actor.id)
    if account.second_factor == SecondFactor.TOTP:
        raise Conflict("use_authenticator", _("Use the code from your authenticator app."))
    codes.count_request(actor, account.email, Purpose.REAUTHENTICATE)
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.REAUTHENTICATE))
    channel = MessageChannel.MAIL
    data = codes.throttle_data(actor, account.email, Purpose.REAUTHENTICATE, channel=channel.value)
    codes.send(account, channel, one_time_secrets.issue(account.id, Purpose.REAUTHENTICATE, CODE_LIFE, data))
    record(actor, AccountAction.REQUEST_REAUTHENTICATION_CODE, target=("account", account.id))


def by_code(actor: Actor, code: str) -> bool:
    """Re-authenticate the actor by code, and return whether it was correct.

    It is the emailed code, or for an authenticator app its code or a recovery code; a correct one is used up. The time
    is stored with the session if it was correct; an audit entry is added in either case. Raise ``TooMany`` beyond the
    daily limit of wrong codes.
    """
    account = queries.lock(actor.id)
    if account.second_factor == SecondFactor.TOTP:
        return record_result(actor, account, is_correct=is_authenticator_code(actor, account, code))
    secret = one_time_secrets.find_live(account.id, Purpose.REAUTHENTICATE)
    is_correct = secret is not None and codes.check_code(actor, secret, code).is_correct
    return record_result(actor, account, is_correct=is_correct)


def is_authenticator_code(actor: Actor, account: Account, code: str) -> bool:
    """Use up a code of the authenticator app or a recovery code; return ``False`` for a wrong or used one.

    Raise ``TooMany`` beyond the daily limit of wrong codes.
    """
    asker = guesses.asker_of(actor, account.email, Purpose.REAUTHENTICATE)
    guesses.count(actor, asker)
    is_correct = totp.use_code(account, code)
    guesses.settle(actor, asker, is_wrong=not is_correct)
    return is_correct


def record_result(actor: Actor, account: Account, *, is_correct: bool) -> bool:
    """Add an audit entry for a re-authentication and return ``is_correct``.

    If it was correct, the time is stored with the actor's session.
    """
    if is_correct:
        db.session.execute(update(SignIn).where(SignIn.id == actor.session_id).values(authenticated_at=now()))
    record(
        actor,
        AccountAction.REAUTHENTICATE if is_correct else AccountAction.REAUTHENTICATION_FAILED,
        target=("account", account.id),
    )
    return is_correct
