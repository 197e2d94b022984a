"""Changing one's password, and resetting it by an emailed link. Either ends every session and is announced by email."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets, reauthentication, sessions
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.authentication.outcome import ClientInfo, SignedIn, open_session, status_refusal
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.emails import validate
from portal.accounts.messages import PASSWORD_CHANGED, RESET_PASSWORD, enqueue_email, message_key, timestamp_key
from portal.accounts.models import Account, SignInMethod
from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.outbox.services import enqueue

LINK_LIFE = timedelta(minutes=30)
MINI_APP_PATH = "/reset-password"
PORTAL_PATH = "/password/reset"


class LinkState(Enum):
    """State of a link to reset the password: valid, no longer valid, or never issued."""

    LIVE = "live"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class WrongPassword(Enum):
    """The refusal of a wrong current password; returned and not raised, so that its audit entry is committed."""

    WRONG = "wrong"


def change(actor: Actor, current: str, new: str, client: ClientInfo) -> SignedIn | WrongPassword:
    """Change the actor's password, end every session of the account, and return a new session for this client.

    Return ``WrongPassword.WRONG`` for a wrong current password. An account without a password needs recent
    re-authentication instead of it, or ``ReauthenticationNeeded`` is raised. Raise ``Invalid`` on ``new_password`` for
    a password that cannot be chosen, and ``TooMany`` after too many wrong ones. The owner is notified by email.
    """
    account = queries.lock(actor.id)
    check_new_password(account, new)
    if account.password_hash is None:
        check_recent_auth(actor)
    elif not reauthentication.is_own_password(actor, account, current):
        record(actor, AccountAction.CHANGE_PASSWORD_REFUSED, target=("account", account.id))
        return WrongPassword.WRONG
    set_password(actor, account, new, AccountAction.CHANGE_PASSWORD)
    return open_session(actor, account, SignInMethod.PASSWORD, client)


def request_reset(actor: Actor, email: str) -> None:
    """Email a link to reset the password if ``email`` is that of an account that can sign in.

    Nothing is sent within 60 seconds of the previous request or beyond the limits of ``codes.count_request``, and
    nothing shows it: known and unknown emails take the same time. The link that was sent last then works still. Raise
    ``Invalid`` for text that is no email, and ``TooMany`` for far too many requests from one network.
    """
    email = validate(email)
    is_throttled = codes.is_request_throttled(actor, email, Purpose.RESET_PASSWORD)
    account = queries.find_by_email(email)
    recipient = account if account and not is_throttled and status_refusal(account, actor.channel) is None else None
    is_sent = recipient is not None
    record(actor, AccountAction.REQUEST_RESET, target=("account", account.id) if account else None, sent=is_sent)
    with codes.rolled_back_unless(is_sent):
        send_reset_link(actor, recipient or codes.decoy_account())


def send_reset_link(actor: Actor, account: Account) -> None:
    """Email a link to reset the password of an account, valid for 30 minutes, and end its older such links."""
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.RESET_PASSWORD))
    data = codes.throttle_data(actor, account.email, Purpose.RESET_PASSWORD)
    issued = one_time_secrets.issue(account.id, Purpose.RESET_PASSWORD, LINK_LIFE, data)
    enqueue(
        RESET_PASSWORD,
        recipient=account.email,
        locale=account.locale,
        key=message_key(RESET_PASSWORD, issued.id),
        payload={
            "name": account.first_name,
            "url": f"{reset_page_url()}?token={issued.token}",
            "minutes": LINK_LIFE.seconds // 60,
            "has_password": account.password_hash is not None,
        },
        good_until=now() + LINK_LIFE,
    )


def reset_page_url() -> str:
    """Return the URL of the page to which links to reset a password lead, without the token.

    It is a page of the mobile app if ``MINI_APP_URL`` is configured, else the path of our own page.
    """
    mini_app = settings().mini_app_url.rstrip("/")
    return f"{mini_app}{MINI_APP_PATH}" if mini_app else PORTAL_PATH


def inspect_link(token: str) -> LinkState:
    """Return the state of the link of this token to reset a password; nothing is changed.

    ``UNKNOWN``: no such link was issued. ``EXPIRED``: it was used or has ended, or its 30 minutes are over.
    """
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None:
        return LinkState.UNKNOWN
    return LinkState.LIVE if one_time_secrets.is_live(secret) else LinkState.EXPIRED


def reset(actor: Actor, token: str, new: str) -> LinkState:
    """Set a password by the token of an emailed link and return ``LIVE``; a link works once.

    Every session and every link or code that grants access ends, and the owner is notified by email. Return ``UNKNOWN``
    for a token that was not issued, and ``EXPIRED`` if the link is no longer valid or the account cannot sign in. Raise
    ``Invalid`` for a password that cannot be chosen; the link then stays valid.
    """
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None or secret.account_id is None:
        return LinkState.UNKNOWN
    account = queries.lock(secret.account_id)
    if not one_time_secrets.is_live(secret) or status_refusal(account, actor.channel) is not None:
        return LinkState.EXPIRED
    check_new_password(account, new)
    if not one_time_secrets.use(secret):
        return LinkState.EXPIRED
    codes.refund_request(secret)
    set_password(actor, account, new, AccountAction.RESET_PASSWORD)
    return LinkState.LIVE


def check_new_password(account: Account, new: str) -> None:
    """Raise ``Invalid`` on ``new_password`` for a password that the policy refuses or that the account has already."""
    check_password(new, own=(account.first_name, account.last_name, account.email), field="new_password")
    if account.password_hash and verify_password(account.password_hash, new) is not PasswordCheck.WRONG:
        raise Invalid(
            "same_password", _("This is your current password. Choose a different one."), field="new_password"
        )


def set_password(actor: Actor, account: Account, new: str, action: AccountAction) -> None:
    """Store the hash of a new password, which is not checked here, and add an audit entry of ``action``.

    Every session of the account and every one-time secret that grants access ends; the owner is notified by email.
    """
    account.password_hash = hash_password(new)
    sessions.end_all(account.id)
    one_time_secrets.end_all(account.id, *Purpose.granting_access())
    record(actor, action, target=("account", account.id))
    enqueue_email(account, PASSWORD_CHANGED, key=timestamp_key())
