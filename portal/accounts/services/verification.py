"""Proving an address by the mailed link or its code."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _

from portal.accounts import queries, secrets
from portal.accounts.addresses import normalise
from portal.accounts.messages import VERIFY_ADDRESS, tell
from portal.accounts.models import Account, VerifiedBy
from portal.accounts.secrets import Purpose
from portal.audit.services import record
from portal.core import throttle
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.throttle import Limit
from portal.extensions import db

LINK_LIFE = timedelta(hours=24)
COOL_DOWN = Limit("verify.resend", 1, timedelta(seconds=60))
CODES_PER_ACCOUNT = Limit("verify.code", 20, timedelta(days=1))


class Outcome(Enum):
    """What a link or code led to; anything but ``VERIFIED`` changed nothing."""

    VERIFIED = "verified"
    ALREADY = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def send_link(account: Account) -> None:
    """Mail a fresh link and code; older ones end."""
    issued = secrets.issue(account.id, Purpose.VERIFY_ADDRESS, LINK_LIFE)
    db.session.flush()
    tell(
        account,
        VERIFY_ADDRESS,
        key=f"{now().timestamp():.6f}",
        url=f"/verify?token={issued.token}",
        code=issued.code,
        hours=LINK_LIFE // timedelta(hours=1),
    )


def resend(actor: Actor, email: str) -> None:
    """Mail a new link to whoever waits for one; for any other address nothing happens, and nothing shows it.

    Raises ``TooMany`` within 60 seconds of the request before, for known and unknown addresses alike.
    """
    seconds = throttle.spend(COOL_DOWN, normalise(email))
    if seconds:
        sentence = _("Please wait %(seconds)s seconds before requesting a new link", seconds=seconds)
        raise TooMany("cool_down", sentence, retry_after=seconds, field="email")
    account = queries.find_by_email(email)
    if account is not None and waits_for_link(account):
        send_link(account)
        record(actor, "accounts.resend_link", target=("account", account.id))


def waits_for_link(account: Account) -> bool:
    """Only those on the allow list can prove themselves by mail."""
    return not account.is_verified and account.verification == VerifiedBy.MAIL


def look_at_link(token: str) -> Outcome:
    """What the link would do; opening it changes nothing, because mail scanners open links."""
    secret = secrets.find_link(token, Purpose.VERIFY_ADDRESS)
    if secret is None:
        return Outcome.UNKNOWN
    account = db.session.get_one(Account, secret.account_id)
    if account.is_verified:
        return Outcome.ALREADY
    return Outcome.VERIFIED if secrets.is_live(secret) and waits_for_link(account) else Outcome.EXPIRED


def verify_by_link(actor: Actor, token: str) -> Outcome:
    """Verify the person behind a link, exactly once however many times and in parallel it is pressed."""
    secret = secrets.find_link(token, Purpose.VERIFY_ADDRESS)
    if secret is None:
        return Outcome.UNKNOWN
    account = queries.lock(secret.account_id)
    if account.is_verified:
        return Outcome.ALREADY
    if not waits_for_link(account) or not secrets.use(secret):
        return Outcome.EXPIRED
    accept(actor, account)
    return Outcome.VERIFIED


def verify_by_code(actor: Actor, email: str, code: str) -> Account | None:
    """The same by the code in the same mail; ``None`` when it does not work, for whatever reason.

    A wrong code counts, so the answer is a value and not an error.
    """
    if throttle.spend(CODES_PER_ACCOUNT, normalise(email)):
        return None
    found = queries.find_by_email(email)
    if found is None:
        return None
    account = queries.lock(found.id)
    if not waits_for_link(account) or not secrets.use_code(account.id, Purpose.VERIFY_ADDRESS, code.strip()):
        return None
    accept(actor, account)
    return account


def accept(actor: Actor, account: Account) -> None:
    account.verified_at = now()
    record(actor, "accounts.verify_by_mail", target=("account", account.id))
