"""Confirming the email of a new account by the emailed link or its code, and sending another link."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.authentication.outcome import ClientInfo, Outcome, Refusal, complete_first_factor
from portal.accounts.emails import normalise
from portal.accounts.messages import VERIFY_EMAIL, enqueue_code
from portal.accounts.models import Account, SignInMethod, VerifiedBy
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.extensions import db

LINK_LIFE = timedelta(hours=24)


class LinkOutcome(Enum):
    """What a link did or would do; only ``VERIFIED`` stands for a change."""

    VERIFIED = "verified"
    ALREADY_VERIFIED = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def send_link(actor: Actor, account: Account) -> None:
    """Email a new link and code; older ones end."""
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.VERIFY_EMAIL))
    data = codes.throttle_data(actor, account.email, Purpose.VERIFY_EMAIL)
    issued = one_time_secrets.issue(account.id, Purpose.VERIFY_EMAIL, LINK_LIFE, data)
    hours = LINK_LIFE // timedelta(hours=1)
    enqueue_code(account, VERIFY_EMAIL, issued, url=f"/verify?token={issued.token}", hours=hours)


def resend(actor: Actor, email: str) -> None:
    """Email a new link to an account that waits for one; for any other email nothing happens, and nothing shows it.

    Raises ``TooMany`` within 60 seconds of the previous request, for known and unknown emails alike, and for far too
    many requests from one network.
    """
    email = normalise(email)
    codes.count_request(actor, email, Purpose.VERIFY_EMAIL)
    account = queries.find_by_email(email)
    is_waiting = account is not None and is_waiting_for_link(account)
    record(actor, AccountAction.RESEND_LINK, target=("account", account.id) if account else None, sent=is_waiting)
    with codes.rolled_back_unless(is_waiting):
        send_link(actor, account if account and is_waiting else codes.decoy_account())


def is_waiting_for_link(account: Account) -> bool:
    """Return whether an account can be verified by a link: not verified yet, and on the allow list."""
    return not account.is_verified and account.verification == VerifiedBy.MAIL


def inspect_link(token: str) -> LinkOutcome:
    """Return what a link would do. Opening it changes nothing, because mail scanners open links."""
    secret = one_time_secrets.find(token, Purpose.VERIFY_EMAIL)
    if secret is None:
        return LinkOutcome.UNKNOWN
    account = db.session.get_one(Account, secret.account_id)
    if account.is_verified:
        return LinkOutcome.ALREADY_VERIFIED
    is_valid = one_time_secrets.is_live(secret) and is_waiting_for_link(account)
    return LinkOutcome.VERIFIED if is_valid else LinkOutcome.EXPIRED


def verify_by_link(actor: Actor, token: str) -> LinkOutcome:
    """Verify the account of a link, exactly once however often and in parallel its button is pressed."""
    secret = one_time_secrets.find(token, Purpose.VERIFY_EMAIL)
    if secret is None or secret.account_id is None:
        return LinkOutcome.UNKNOWN
    account = queries.lock(secret.account_id)
    if account.is_verified:
        return LinkOutcome.ALREADY_VERIFIED
    if not is_waiting_for_link(account) or not one_time_secrets.use(secret):
        return LinkOutcome.EXPIRED
    mark_verified(actor, account)
    return LinkOutcome.VERIFIED


def verify_by_code(actor: Actor, email: str, code: str) -> Account | None:
    """Verify an account by its email and the code that was sent there; return ``None`` when the code does not work.

    A wrong code is counted, so it is a return value and not an error. Raises ``TooMany`` beyond the daily limit. An
    unknown email costs the same statements as a known one.
    """
    email = normalise(email)
    subject = codes.throttle_subject(email, Purpose.VERIFY_EMAIL)
    codes.count_daily_check(subject)
    unlocked = queries.find_by_email(email)
    account = queries.lock_or_none(unlocked.id if unlocked else one_time_secrets.NO_ACCOUNT)
    account_id = account.id if account else one_time_secrets.NO_ACCOUNT
    secret = one_time_secrets.find_live(account_id, Purpose.VERIFY_EMAIL)
    check = one_time_secrets.check_code(secret or one_time_secrets.decoy_secret(Purpose.VERIFY_EMAIL), code)
    if account is None or not check.is_correct or not is_waiting_for_link(account):
        record(actor, AccountAction.CODE_REFUSED, target=("account", account.id) if account else None)
        return None
    codes.refund_daily_check(subject)
    mark_verified(actor, account)
    return account


def sign_in_by_code(actor: Actor, email: str, code: str, client: ClientInfo) -> Outcome:
    """Verify an account by the code in its email, and sign in.

    Returns ``Refusal.WRONG`` for a code that does not work. Raises ``TooMany`` beyond the daily limit.
    """
    account = verify_by_code(actor, email, code)
    return complete_first_factor(actor, account, SignInMethod.MAIL_CODE, client) if account else Refusal.WRONG


def mark_verified(actor: Actor, account: Account) -> None:
    """Verify an account whose email is confirmed."""
    account.verified_at = now()
    record(actor, AccountAction.VERIFY_BY_MAIL, target=("account", account.id))
