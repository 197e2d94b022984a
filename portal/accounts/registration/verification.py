"""Confirming the email of a new account by the emailed link or its code, and sending another link."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.authentication.outcome import ClientInfo, Outcome, Refusal, complete_first_factor
from portal.accounts.emails import validate
from portal.accounts.messages import VERIFY_EMAIL, enqueue_code
from portal.accounts.models import Account, SignInMethod, VerifiedBy
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.extensions import db

LINK_LIFE = timedelta(hours=24)


class LinkOutcome(Enum):
    """The result of confirming an email by a link, or the result that pressing its button would have.

    Only ``VERIFIED`` stands for a change. ``EXPIRED`` also covers links that were used or replaced, and accounts that
    the office has to verify.
    """

    VERIFIED = "verified"
    ALREADY_VERIFIED = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def send_link(actor: Actor, account: Account) -> None:
    """Email an account a new link and code that confirm its email, valid for 24 hours; earlier ones end."""
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.VERIFY_EMAIL))
    data = codes.throttle_data(actor, account.email, Purpose.VERIFY_EMAIL)
    issued = one_time_secrets.issue(account.id, Purpose.VERIFY_EMAIL, LINK_LIFE, data)
    hours = LINK_LIFE // timedelta(hours=1)
    enqueue_code(account, VERIFY_EMAIL, issued, url=f"/verify?token={issued.token}", hours=hours)


def resend(actor: Actor, email: str) -> None:
    """Email a new link to the account with this email if it waits for one, else send nothing, without showing which.

    An audit entry is added in either case. Raise ``TooMany`` within 60 seconds of the previous request, for known and
    unknown emails alike, and beyond the limits per email and network.
    """
    email = validate(email)
    codes.count_request(actor, email, Purpose.VERIFY_EMAIL)
    account = queries.find_by_email(email)
    is_waiting = account is not None and is_waiting_for_link(account)
    record(actor, AccountAction.RESEND_LINK, target=("account", account.id) if account else None, sent=is_waiting)
    with codes.rolled_back_unless(is_waiting):
        send_link(actor, account if account and is_waiting else codes.decoy_account())


def is_waiting_for_link(account: Account) -> bool:
    """Return whether an account is still to be verified by the emailed link, and not by the office."""
    return not account.is_verified and account.verification == VerifiedBy.MAIL


def inspect_link(token: str) -> LinkOutcome:
    """Return what pressing the button of a link with this token would do; nothing is changed or used up.

    Opening a link must change nothing, because mail scanners open links.
    """
    secret = one_time_secrets.find(token, Purpose.VERIFY_EMAIL)
    if secret is None:
        return LinkOutcome.UNKNOWN
    account = db.session.get_one(Account, secret.account_id)
    if account.is_verified:
        return LinkOutcome.ALREADY_VERIFIED
    is_valid = one_time_secrets.is_live(secret) and is_waiting_for_link(account)
    return LinkOutcome.VERIFIED if is_valid else LinkOutcome.EXPIRED


def verify_by_link(actor: Actor, token: str) -> LinkOutcome:
    """Use up the link with this token, verify its account with an audit entry, and return the outcome.

    Only ``VERIFIED`` stands for a change. Of several uses, parallel ones included, one verifies the account.
    """
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
    """Verify the account with this email by the code that was sent there, and return it.

    Return ``None`` for an unknown email, a wrong or expired code, or an account that does not wait for one; the attempt
    is counted, so it is no error. An audit entry is added. Unknown emails cost the same statements as known ones. Raise
    ``TooMany`` beyond the daily limit of wrong codes.
    """
    email = validate(email)
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
    """Verify the account with this email by the code that was sent there, and sign the person in.

    Return the open session, the requirement of a second factor, or a ``Refusal``, which is ``WRONG`` if the code does
    not work. Raise ``TooMany`` beyond the daily limit of wrong codes.
    """
    account = verify_by_code(actor, email, code)
    return complete_first_factor(actor, account, SignInMethod.MAIL_CODE, client) if account else Refusal.WRONG


def mark_verified(actor: Actor, account: Account) -> None:
    """Mark an account as verified by email now, and add an audit entry."""
    account.verified_at = now()
    record(actor, AccountAction.VERIFY_BY_MAIL, target=("account", account.id))
