"""The second factor of a sign-in: checking the code and sending it again."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets, totp
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
    """Return the factor that the holder of this token is asked for, or ``None`` when they have to sign in again."""
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    account = queries.find(secret.account_id) if secret is not None and secret.account_id else None
    if secret is None or account is None or not one_time_secrets.is_live(secret):
        return None
    return SecondFactor(account.second_factor)


def finish(actor: Actor, token: str, code: str, client: ClientInfo) -> SignedIn | Refusal | CodeCheck:
    """Finish a sign-in by the second factor: a sent code, a code of the authenticator app or a recovery code.

    A ``CodeCheck`` says why the code was refused. Raises ``TooMany`` beyond the daily limit.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    if secret is None or secret.account_id is None:
        return one_time_secrets.EXPIRED
    account = queries.lock(secret.account_id)
    check = check_code(account, secret, code)
    if not check.is_correct:
        record(actor, AccountAction.SECOND_STEP_REFUSED, target=("account", account.id), over=check.is_expired)
        return check
    refusal = status_refusal(account)
    if refusal is not None:
        record(actor, AccountAction.SIGN_IN_REFUSED, target=("account", account.id), reason=refusal.value)
        return refusal
    refreshing = client.refreshing or bool(secret.data["refreshing"])
    method = SignInMethod(str(secret.data["method"]))
    return open_session(actor, account, method, ClientInfo(client.device, refreshing=refreshing))


def check_code(account: Account, secret: OneTimeSecret, code: str) -> CodeCheck:
    """Check a code of whatever kind within the five tries of the secret and the daily limit; raise ``TooMany``."""
    if account.second_factor != SecondFactor.TOTP:
        return codes.check_code(secret, code)
    subject = str(secret.data["subject"])
    codes.count_daily_check(subject)
    attempts_left = one_time_secrets.count_attempt(secret)
    if attempts_left is None:
        codes.refund_daily_check(subject)
        return one_time_secrets.EXPIRED
    if totp.use_code(account, code) and one_time_secrets.use(secret):
        codes.refund_daily_check(subject)
        return one_time_secrets.CORRECT
    return CodeCheck(attempts_left=attempts_left)


def resend_code(actor: Actor, token: str) -> SecondFactorRequired | None:
    """Send another code for a sign-in that waits for one, and replace its token.

    Returns ``None`` when the person has to sign in again. Raises ``TooMany`` within 60 seconds of the previous code.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_FACTOR)
    if secret is None or secret.account_id is None or not one_time_secrets.is_live(secret):
        return None
    account = queries.lock(secret.account_id)
    codes.check_cool_down(secret)
    client = ClientInfo(refreshing=bool(secret.data["refreshing"]))
    return require_second_factor(actor, account, SignInMethod(str(secret.data["method"])), client)
