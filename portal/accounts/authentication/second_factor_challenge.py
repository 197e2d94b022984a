"""The second factor of a sign-in: checking its code and sending a new one."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, guesses, one_time_secrets, totp
from portal.accounts.authentication.one_time_secrets import CodeCheck, Purpose
from portal.accounts.authentication.outcome import (
    ClientInfo,
    Refusal,
    SecondFactorRequired,
    SignedIn,
    open_session,
    require_second_factor,
    status_refusal,
)
from portal.accounts.models import Account, OneTimeSecret, SecondFactor, SignInMethod
from portal.audit.services import record
from portal.core.actor import Actor


def required_factor(token: str) -> SecondFactor | None:
    """Return the second factor that a started sign-in awaits, or ``None`` if the person has to sign in again.

    ``token`` stands for the correct first factor; ``None`` means that it is unknown or no longer valid.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    account = queries.find(secret.account_id) if secret is not None and secret.account_id else None
    if secret is None or account is None or not one_time_secrets.has_attempts_left(secret):
        return None
    return SecondFactor(account.second_factor)


def finish(actor: Actor, token: str, code: str, client: ClientInfo) -> SignedIn | Refusal | CodeCheck:
    """Finish a sign-in by the second factor: a sent code, a code of the authenticator app or a recovery code.

    ``token`` stands for the correct first factor. Return the open session, the ``CodeCheck`` of a wrong or expired
    code, or the ``Refusal`` of an account that is banned or not verified; audit entries are added. Raise ``TooMany``
    beyond the daily limit of wrong codes.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    if secret is None or secret.account_id is None:
        return one_time_secrets.EXPIRED
    account = queries.lock(secret.account_id)
    check = check_code(actor, account, secret, code)
    if not check.is_correct:
        record(actor, AccountAction.SECOND_STEP_REFUSED, target=("account", account.id), over=check.is_expired)
        return check
    refusal = status_refusal(account, actor.channel)
    if refusal is not None:
        record(actor, AccountAction.SIGN_IN_REFUSED, target=("account", account.id), reason=refusal.value)
        return refusal
    refreshing = client.refreshing or bool(secret.data["refreshing"])
    method = SignInMethod(str(secret.data["method"]))
    return open_session(actor, account, method, ClientInfo(client.device, refreshing=refreshing))


def check_code(actor: Actor, account: Account, secret: OneTimeSecret, code: str) -> CodeCheck:
    """Check the code of a started sign-in, use it and ``secret`` up if it is correct, and return the result.

    The code is the sent one, or for an authenticator app its code or a recovery code. A secret allows five attempts.
    The account must be locked. Raise ``TooMany`` beyond the daily limit of wrong codes.
    """
    if account.second_factor != SecondFactor.TOTP:
        return codes.check_code(actor, secret, code)
    asker = guesses.asker_of_secret(secret)
    guesses.count(actor, asker)
    attempts_left = one_time_secrets.count_attempt(secret)
    check = one_time_secrets.EXPIRED if attempts_left is None else CodeCheck(attempts_left=attempts_left)
    if attempts_left is not None and totp.use_code(account, code) and one_time_secrets.use(secret):
        check = one_time_secrets.CORRECT
    guesses.settle(actor, asker, is_wrong=check.is_wrong)
    return check


def resend_code(actor: Actor, token: str) -> SecondFactorRequired | None:
    """Send a new code for a sign-in that awaits its second factor, and return the new token to send with it.

    The previous code and token stop working. With an authenticator app, only a new token is issued. Return ``None`` if
    the person has to sign in again. Raise ``TooMany`` within 60 seconds of the previous code or beyond other limits.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    if secret is None or secret.account_id is None or not one_time_secrets.has_attempts_left(secret):
        return None
    account = queries.lock(secret.account_id)
    codes.check_cool_down(secret)
    client = ClientInfo(refreshing=bool(secret.data["refreshing"]))
    return require_second_factor(actor, account, SignInMethod(str(secret.data["method"])), client)
