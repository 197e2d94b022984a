"""Finishing a sign-in whose account asks for a second proof."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, password_sign_in, totp
from portal.accounts.authentication.one_time_secrets import Guess, Purpose
from portal.accounts.authentication.password_sign_in import Refusal, SecondStep, SignedIn
from portal.accounts.authentication.sessions import Visit
from portal.accounts.models import Account, Method, OneTimeSecret, SecondFactor
from portal.audit.services import record
from portal.core.actor import Actor


def factor_behind(token: str) -> SecondFactor | None:
    """What the holder of this token is asked for, or ``None`` when they have to start again."""
    secret = one_time_secrets.find(token, Purpose.SECOND_STEP)
    account = queries.find(secret.account_id) if secret is not None and secret.account_id else None
    if secret is None or account is None or not one_time_secrets.is_live(secret):
        return None
    return SecondFactor(account.second_factor)


def finish(actor: Actor, token: str, code: str, visit: Visit) -> SignedIn | Refusal | Guess:
    """Sign in by the second proof: a code, the authenticator's number or a recovery code. Raises ``TooMany``."""
    secret = one_time_secrets.find(token, Purpose.SECOND_STEP)
    if secret is None or secret.account_id is None:
        return one_time_secrets.OVER
    account = queries.lock(secret.account_id)
    made = guess(account, secret, code)
    if not made.is_right:
        record(actor, "accounts.second_step_refused", target=("account", account.id), over=made.is_over)
        return made
    refusal = password_sign_in.standing_refusal(account)
    if refusal is not None:
        record(actor, "accounts.sign_in_refused", target=("account", account.id), reason=refusal.value)
        return refusal
    refreshing = visit.refreshing or bool(secret.data["refreshing"])
    method = Method(str(secret.data["method"]))
    return password_sign_in.open_door(actor, account, method, Visit(visit.device, refreshing=refreshing))


def guess(account: Account, secret: OneTimeSecret, code: str) -> Guess:
    """Within the secret's five tries and the day's limit, whatever kind of code it is."""
    if account.second_factor != SecondFactor.TOTP:
        return codes.guess(secret, code)
    subject = str(secret.data["subject"])
    codes.count_towards_day(subject)
    left = one_time_secrets.count_guess(secret)
    if left is None:
        codes.excuse(subject)
        return one_time_secrets.OVER
    if totp.accepts(account, code) and one_time_secrets.use(secret):
        codes.excuse(subject)
        return one_time_secrets.RIGHT
    return Guess(left=left)


def send_again(actor: Actor, token: str) -> SecondStep | None:
    """Another code for a sign-in that waits for one; the token changes with it.

    ``None`` when the sign-in has to be started again. Raises ``TooMany`` within 60 seconds of the code before.
    """
    secret = one_time_secrets.find(token, Purpose.SECOND_STEP)
    if secret is None or secret.account_id is None or not one_time_secrets.is_live(secret):
        return None
    account = queries.lock(secret.account_id)
    codes.check_cool_down_is_over(secret)
    visit = Visit(refreshing=bool(secret.data["refreshing"]))
    return password_sign_in.ask_for_more(actor, account, Method(str(secret.data["method"])), visit)
