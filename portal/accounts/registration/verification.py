"""Proving an address by the mailed link or its code."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.emails import normalise
from portal.accounts.messages import VERIFY_ADDRESS, tell_code
from portal.accounts.models import Account, VerifiedBy
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.extensions import db

LINK_LIFE = timedelta(hours=24)


class Outcome(Enum):
    """What a link or code led to; anything but ``VERIFIED`` changed nothing."""

    VERIFIED = "verified"
    ALREADY = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def send_link(actor: Actor, account: Account) -> None:
    """Mail a fresh link and code; older ones end."""
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.VERIFY_ADDRESS))
    data = codes.subject_data(actor, account.email, Purpose.VERIFY_ADDRESS)
    issued = one_time_secrets.issue(account.id, Purpose.VERIFY_ADDRESS, LINK_LIFE, data)
    hours = LINK_LIFE // timedelta(hours=1)
    tell_code(account, VERIFY_ADDRESS, issued, url=f"/verify?token={issued.token}", hours=hours)


def resend(actor: Actor, email: str) -> None:
    """Mail a new link to whoever waits for one; for any other address nothing happens, and nothing shows it.

    Raises ``TooMany`` within 60 seconds of the request before, for known and unknown addresses alike, and for far too
    many requests from one network.
    """
    address = normalise(email)
    codes.check_may_ask(actor, address, Purpose.VERIFY_ADDRESS)
    account = queries.find_by_email(address)
    waits = account is not None and waits_for_link(account)
    record(actor, "accounts.resend_link", target=("account", account.id) if account else None, sent=waits)
    with codes.sent_if(waits):
        send_link(actor, account if account and waits else codes.nobody())


def waits_for_link(account: Account) -> bool:
    """Only those on the allow list can prove themselves by mail."""
    return not account.is_verified and account.verification == VerifiedBy.MAIL


def look_at_link(token: str) -> Outcome:
    """What the link would do; opening it changes nothing, because mail scanners open links."""
    secret = one_time_secrets.find(token, Purpose.VERIFY_ADDRESS)
    if secret is None:
        return Outcome.UNKNOWN
    account = db.session.get_one(Account, secret.account_id)
    if account.is_verified:
        return Outcome.ALREADY
    return Outcome.VERIFIED if one_time_secrets.is_live(secret) and waits_for_link(account) else Outcome.EXPIRED


def verify_by_link(actor: Actor, token: str) -> Outcome:
    """Verify the person behind a link, exactly once however many times and in parallel it is pressed."""
    secret = one_time_secrets.find(token, Purpose.VERIFY_ADDRESS)
    if secret is None or secret.account_id is None:
        return Outcome.UNKNOWN
    account = queries.lock(secret.account_id)
    if account.is_verified:
        return Outcome.ALREADY
    if not waits_for_link(account) or not one_time_secrets.use(secret):
        return Outcome.EXPIRED
    accept(actor, account)
    return Outcome.VERIFIED


def verify_by_code(actor: Actor, email: str, code: str) -> Account | None:
    """The same by the code in the same mail; ``None`` when it does not work, for whatever reason.

    A wrong code counts, so the answer is a value and not an error. Raises ``TooMany`` beyond the day's limit. An
    unknown address costs the same statements as a known one.
    """
    address = normalise(email)
    subject = codes.subject_of(address, Purpose.VERIFY_ADDRESS)
    codes.count_towards_day(subject)
    found = queries.find_by_email(address)
    account = queries.lock_if_there(found.id if found else one_time_secrets.NOBODY)
    secret = one_time_secrets.live(account.id if account else one_time_secrets.NOBODY, Purpose.VERIFY_ADDRESS)
    made = one_time_secrets.guess(secret or one_time_secrets.nobodys(Purpose.VERIFY_ADDRESS), code)
    if account is None or not made.is_right or not waits_for_link(account):
        record(actor, "accounts.code_refused", target=("account", account.id) if account else None)
        return None
    codes.excuse(subject)
    accept(actor, account)
    return account


def accept(actor: Actor, account: Account) -> None:
    account.verified_at = now()
    record(actor, "accounts.verify_by_mail", target=("account", account.id))
