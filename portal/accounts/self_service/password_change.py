"""The password: changed by its owner, or set anew by a mailed link. Either ends every sign-in and is told."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, password_sign_in, reauthentication, sessions
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.authentication.password_sign_in import SignedIn
from portal.accounts.authentication.sessions import Visit
from portal.accounts.emails import normalise
from portal.accounts.messages import PASSWORD_CHANGED, RESET_PASSWORD, message_key, tell
from portal.accounts.models import Account, Method
from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.outbox.services import enqueue

LINK_LIFE = timedelta(minutes=30)
MINI_APP_PAGE = "/reset-password"
OWN_PAGE = "/password/reset"


class LinkState(Enum):
    """Whether a link to set a password still works."""

    LIVE = "live"
    OVER = "over"
    UNKNOWN = "unknown"


class WrongPassword(Enum):
    """A return value, because the failure must stay counted and noted."""

    WRONG = "wrong"


def change(actor: Actor, current: str, new: str, visit: Visit) -> SignedIn | WrongPassword:
    """Replace one's password. Every sign-in ends; the caller's goes on as the new one that is returned.

    Whoever has no password yet must have proved who they are just now instead. Raises ``Invalid`` naming the field
    for a password that cannot be used, ``ReauthenticationNeeded``, ``TooMany``.
    """
    account = queries.lock(actor.id)
    check_new(account, new)
    if account.password_hash is None:
        check_recent_auth(actor)
    elif not reauthentication.is_password(actor, account, current):
        record(actor, "accounts.change_password_refused", target=("account", account.id))
        return WrongPassword.WRONG
    set_password(actor, account, new, "accounts.change_password")
    return password_sign_in.open_door(actor, account, Method.PASSWORD, visit)


def request_reset(actor: Actor, email: str) -> None:
    """Mail a link to set a new password; to any address the same answer in the same time.

    Only people in good standing get one. Within 60 seconds of a request before it nothing is sent, and nothing
    shows it. Raises ``TooMany`` for far too many requests from one network.
    """
    address = normalise(email)
    is_early = codes.is_too_early(actor, address, Purpose.RESET_PASSWORD)
    account = queries.find_by_email(address)
    receiver = account if account and not is_early and password_sign_in.standing_refusal(account) is None else None
    sent = receiver is not None
    record(actor, "accounts.request_reset", target=("account", account.id) if account else None, sent=sent)
    with codes.sent_if(sent):
        send_link(actor, receiver or codes.nobody())


def send_link(actor: Actor, account: Account) -> None:
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.RESET_PASSWORD))
    data = codes.subject_data(actor, account.email, Purpose.RESET_PASSWORD)
    issued = one_time_secrets.issue(account.id, Purpose.RESET_PASSWORD, LINK_LIFE, data)
    enqueue(
        RESET_PASSWORD,
        recipient=account.email,
        locale=account.locale,
        key=message_key(RESET_PASSWORD, issued.id),
        payload={
            "name": account.first_name,
            "url": f"{page_to_set_one()}?token={issued.token}",
            "minutes": LINK_LIFE.seconds // 60,
            "has_password": account.password_hash is not None,
        },
        good_until=now() + LINK_LIFE,
    )


def page_to_set_one() -> str:
    """Where a link leads: to the mobile app's page if there is one, else to ours."""
    app = settings().mini_app_url.rstrip("/")
    return f"{app}{MINI_APP_PAGE}" if app else OWN_PAGE


def look_at_link(token: str) -> LinkState:
    """What a link would do; opening it changes nothing."""
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None:
        return LinkState.UNKNOWN
    return LinkState.LIVE if one_time_secrets.is_live(secret) else LinkState.OVER


def reset(actor: Actor, token: str, new: str) -> LinkState:
    """Set a password by a mailed link, exactly once; ``LIVE`` when it was done.

    A password that cannot be used raises ``Invalid`` and leaves the link alive.
    """
    secret = one_time_secrets.find(token, Purpose.RESET_PASSWORD)
    if secret is None or secret.account_id is None:
        return LinkState.UNKNOWN
    account = queries.lock(secret.account_id)
    if not one_time_secrets.is_live(secret) or password_sign_in.standing_refusal(account) is not None:
        return LinkState.OVER
    check_new(account, new, field="new_password")
    if not one_time_secrets.use(secret):
        return LinkState.OVER
    codes.asked_by_the_owner(secret)
    set_password(actor, account, new, "accounts.reset_password")
    return LinkState.LIVE


def check_new(account: Account, new: str, field: str = "new_password") -> None:
    check_password(new, own=(account.first_name, account.last_name, account.email), field=field)
    if account.password_hash and verify_password(account.password_hash, new) is not PasswordCheck.WRONG:
        raise Invalid("same_password", _("This is your current password. Choose a different one."), field=field)


def set_password(actor: Actor, account: Account, new: str, action: str) -> None:
    account.password_hash = hash_password(new)
    sessions.end_all(account.id)
    one_time_secrets.end_all(account.id, *Purpose.to_get_in())
    record(actor, action, target=("account", account.id))
    tell(account, PASSWORD_CHANGED, key=f"{now().timestamp():.6f}")
