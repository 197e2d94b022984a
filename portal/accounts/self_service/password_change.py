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
from portal.accounts.emails import normalise
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
    """Whether a link to reset the password is valid."""

    LIVE = "live"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class WrongPassword(Enum):
    """The refusal of a wrong current password; a return value, because the failure must stay counted and recorded."""

    WRONG = "wrong"


def change(actor: Actor, current: str, new: str, client: ClientInfo) -> SignedIn | WrongPassword:
    """Change one's password; every session ends, and the caller gets a new one.

    An account without a password needs recent re-authentication instead of the current password. Raises ``Invalid``
    naming the field for a password that cannot be chosen, ``ReauthenticationNeeded``, ``TooMany``.
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
    """Email a link to reset the password; any email gets the same answer in the same time.

    Only accounts that can sign in get a link. Within 60 seconds of the previous request nothing is sent, and nothing
    shows it. Raises ``TooMany`` for far too many requests from one network.
    """
    email = normalise(email)
    is_throttled = codes.is_request_throttled(actor, email, Purpose.RESET_PASSWORD)
    account = queries.find_by_email(email)
    recipient = account if account and not is_throttled and status_refusal(account) is None else None
    is_sent = recipient is not None
    record(actor, AccountAction.REQUEST_RESET, target=("account", account.id) if account else None, sent=is_sent)
    with codes.rolled_back_unless(is_sent):
        send_reset_link(actor, recipient or codes.decoy_account())


def send_reset_link(actor: Actor, account: Account) -> None:
    """Email a link to reset the password; older ones end."""
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
    """Return the page that links lead to: that of the mobile app if ``MINI_APP_URL`` is set, else ours as a path."""
    mini_app = settings().mini_app_url.rstrip("/")
    return f"{mini_app}{MINI_APP_PATH}" if mini_app else PORTAL_PATH


def inspect_link(token: str) -> LinkState:
    """Return whether a link is valid; opening it changes nothing."""
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None:
        return LinkState.UNKNOWN
    return LinkState.LIVE if one_time_secrets.is_live(secret) else LinkState.EXPIRED


def reset(actor: Actor, token: str, new: str) -> LinkState:
    """Set a password by an emailed link, exactly once; ``LIVE`` means that it was set.

    Raises ``Invalid`` for a password that cannot be chosen, and the link stays valid.
    """
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None or secret.account_id is None:
        return LinkState.UNKNOWN
    account = queries.lock(secret.account_id)
    if not one_time_secrets.is_live(secret) or status_refusal(account) is not None:
        return LinkState.EXPIRED
    check_new_password(account, new)
    if not one_time_secrets.use(secret):
        return LinkState.EXPIRED
    codes.refund_network_request(secret)
    set_password(actor, account, new, AccountAction.RESET_PASSWORD)
    return LinkState.LIVE


def check_new_password(account: Account, new: str) -> None:
    """Raise ``Invalid`` for a password that the policy refuses or that the account has already."""
    check_password(new, own=(account.first_name, account.last_name, account.email), field="new_password")
    if account.password_hash and verify_password(account.password_hash, new) is not PasswordCheck.WRONG:
        raise Invalid(
            "same_password", _("This is your current password. Choose a different one."), field="new_password"
        )


def set_password(actor: Actor, account: Account, new: str, action: AccountAction) -> None:
    """Store a password, end every session and secret that grants access, and notify the owner."""
    account.password_hash = hash_password(new)
    sessions.end_all(account.id)
    one_time_secrets.end_all(account.id, *Purpose.granting_access())
    record(actor, action, target=("account", account.id))
    enqueue_email(account, PASSWORD_CHANGED, key=timestamp_key())
