"""Confirming the email of a new account by the emailed link or its code, and sending another link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, guesses, one_time_secrets
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.authentication.outcome import ClientInfo, Outcome, Refusal, complete_first_factor
from portal.accounts.emails import validate
from portal.accounts.messages import VERIFY_EMAIL, WAITING, enqueue_code
from portal.accounts.models import Account, SignInMethod, VerifiedBy
from portal.accounts.registration import browser_binding
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.extensions import db

LINK_LIFE = timedelta(hours=24)


class LinkOutcome(Enum):
    """The result of confirming an email by a link, or the result that pressing its button would have.

    ``VERIFIED`` and ``CONFIRMED`` alone stand for a change: the former lets the person in, after the latter the office
    has to. ``EXPIRED`` also covers links that were used or replaced.
    """

    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    ALREADY_VERIFIED = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PressedLink:
    """What pressing the button of a link did.

    ``email`` is the one that it confirmed, empty if none. ``sign_in`` is the result of the sign-in that followed,
    ``None`` in a browser other than the one in which the person registered.
    """

    outcome: LinkOutcome
    email: str = ""
    sign_in: Outcome | None = None


def send_link(actor: Actor, account: Account) -> None:
    """Email an account a new link and code that confirm its email, valid for 24 hours; earlier ones end.

    The email to somebody who is not on the allow list says that the office reviews the registration afterwards.
    """
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.VERIFY_EMAIL))
    data = codes.throttle_data(actor, account.email, Purpose.VERIFY_EMAIL, digits=codes.code_digits(actor))
    issued = one_time_secrets.issue(account.id, Purpose.VERIFY_EMAIL, LINK_LIFE, data)
    hours = LINK_LIFE // timedelta(hours=1)
    kind = WAITING if account.verification == VerifiedBy.OFFICE else VERIFY_EMAIL
    enqueue_code(account, kind, issued, url=f"/verify?token={issued.token}", hours=hours)


def resend(actor: Actor, email: str) -> None:
    """Email a new link to the account with this email if it is unconfirmed, else send nothing, without showing which.

    An audit entry is added in either case. While too many were requested for this email nothing is sent either: the
    link that was sent last works for a day. Raise ``Invalid`` for text that is no email, and ``TooMany`` within 60
    seconds of the previous request from this network, for known and unknown emails alike, and beyond the limit of the
    network.
    """
    email = validate(email)
    codes.check_cool_down_of(actor, email, Purpose.VERIFY_EMAIL)
    is_throttled = codes.is_beyond_limit(actor, email, Purpose.VERIFY_EMAIL)
    account = queries.find_by_email(email)
    is_sent = account is not None and not is_throttled and needs_confirmation(account)
    record(actor, AccountAction.RESEND_LINK, target=("account", account.id) if account else None, sent=is_sent)
    with codes.rolled_back_unless(is_sent):
        send_link(actor, account if account and is_sent else codes.decoy_account())


def needs_confirmation(account: Account) -> bool:
    """Return whether the email of an account has still to be confirmed, to be let in or to wait for the office."""
    return not account.is_verified and account.email_confirmed_at is None


def is_let_in_by_link(account: Account) -> bool:
    """Return whether confirming its email is all that an account needs, because it is on the allow list."""
    return needs_confirmation(account) and account.verification == VerifiedBy.MAIL


def inspect_link(token: str) -> LinkOutcome:
    """Return what pressing the button of a link with this token would do; nothing is changed or used up.

    Opening a link must change nothing, because mail scanners open links.
    """
    secret = one_time_secrets.find(token, Purpose.VERIFY_EMAIL)
    if secret is None:
        return LinkOutcome.UNKNOWN
    account = db.session.get_one(Account, secret.account_id)
    if not needs_confirmation(account):
        return LinkOutcome.ALREADY_VERIFIED
    return outcome_of(account) if one_time_secrets.is_live(secret) else LinkOutcome.EXPIRED


def outcome_of(account: Account) -> LinkOutcome:
    """Return the outcome of confirming the email of an account: let in, or waiting for the office."""
    return LinkOutcome.VERIFIED if account.verification == VerifiedBy.MAIL else LinkOutcome.CONFIRMED


def press_link(actor: Actor, token: str, bound: str, client: ClientInfo) -> PressedLink:
    """Use up the link with this token, confirm the email of its account, and return what that did.

    In the browser in which the person registered, which the token ``bound`` shows, they are signed in too: whoever has
    only the link is asked for the password. Of several uses, parallel ones included, one confirms the email.
    """
    secret = one_time_secrets.find(token, Purpose.VERIFY_EMAIL)
    if secret is None or secret.account_id is None:
        return PressedLink(LinkOutcome.UNKNOWN)
    account = queries.lock(secret.account_id)
    if not needs_confirmation(account):
        return PressedLink(LinkOutcome.ALREADY_VERIFIED, account.email)
    if not one_time_secrets.use(secret):
        return PressedLink(LinkOutcome.EXPIRED)
    is_here = browser_binding.is_bound(bound, account)
    confirm(actor, account)
    sign_in = complete_first_factor(actor, account, SignInMethod.MAIL_CODE, client) if is_here else None
    return PressedLink(outcome_of(account), account.email, sign_in)


def verify_by_code(actor: Actor, email: str, code: str) -> Account | None:
    """Verify the account with this email by the code that was sent there, and return it.

    Return ``None`` for an unknown email, a wrong or expired code, or an account that a code alone does not let in; the
    attempt is counted, so it is no error. Unknown emails cost the same statements as known ones. Raise ``TooMany``
    beyond the daily limit of wrong codes.
    """
    email = validate(email)
    unlocked = queries.find_by_email(email)
    account = queries.lock_or_none(unlocked.id if unlocked else one_time_secrets.NO_ACCOUNT)
    usable = account if account and is_let_in_by_link(account) else None
    return confirm_by_code(actor, email, usable, code, known=account)


def confirm_by_code(
    actor: Actor, email: str, account: Account | None, code: str, *, known: Account | None
) -> Account | None:
    """Confirm the email of a locked account by the code that was sent there; return the account if the code is right.

    Without an account no code is right, after the same statements. An audit entry is added; for a refused code it is
    about ``known``, the account with this ``email``. Raise ``TooMany`` beyond the daily limit of wrong codes.
    """
    asker = guesses.asker_of(actor, email, Purpose.VERIFY_EMAIL)
    guesses.count(actor, asker)
    account_id = account.id if account else one_time_secrets.NO_ACCOUNT
    secret = one_time_secrets.find_live(account_id, Purpose.VERIFY_EMAIL)
    check = one_time_secrets.check_code(secret or one_time_secrets.decoy_secret(Purpose.VERIFY_EMAIL), code)
    guesses.settle(actor, asker, is_wrong=not check.is_correct)
    if account is None or not check.is_correct:
        record(actor, AccountAction.CODE_REFUSED, target=("account", known.id) if known else None)
        return None
    confirm(actor, account)
    return account


def sign_in_by_code(actor: Actor, email: str, code: str, client: ClientInfo) -> Outcome:
    """Verify the account with this email by the code that was sent there, and sign the person in.

    Return the open session, the requirement of a second factor, or a ``Refusal``, which is ``WRONG`` if the code does
    not work. Raise ``TooMany`` beyond the daily limit of wrong codes.
    """
    account = verify_by_code(actor, email, code)
    return complete_first_factor(actor, account, SignInMethod.MAIL_CODE, client) if account else Refusal.WRONG


def sign_in_here(actor: Actor, bound: str, email: str, code: str, client: ClientInfo) -> Outcome:
    """Confirm the email of the registration of this browser by the code that was sent there, and sign the person in.

    ``bound`` is the browser's token, ``email`` what it registered. Results and errors are those of ``sign_in_by_code``;
    whoever waits for the office is signed in too.
    """
    binding = browser_binding.find(bound)
    account = queries.lock_or_none(binding.account_id or one_time_secrets.NO_ACCOUNT) if binding else None
    usable = account if account and needs_confirmation(account) else None
    confirmed = confirm_by_code(actor, validate(email), usable, code, known=account)
    return complete_first_factor(actor, confirmed, SignInMethod.MAIL_CODE, client) if confirmed else Refusal.WRONG


def confirm(actor: Actor, account: Account) -> None:
    """Store that the email of an account was confirmed now, with an audit entry; who is on the allow list is let in.

    The browser in which the account was registered cannot change its email any more.
    """
    account.email_confirmed_at = now()
    one_time_secrets.end_all(account.id, Purpose.REGISTRATION)
    if account.verification == VerifiedBy.MAIL:
        account.verified_at = account.email_confirmed_at
        record(actor, AccountAction.VERIFY_BY_MAIL, target=("account", account.id))
    else:
        record(actor, AccountAction.CONFIRM_EMAIL, target=("account", account.id))
