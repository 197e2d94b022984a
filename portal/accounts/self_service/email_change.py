"""Changing one's address: a code to the new one, a notice with a way back to the old one."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from portal.accounts import emails, queries
from portal.accounts.authentication import codes, one_time_secrets, second_factor, sessions
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Guess, Purpose
from portal.accounts.messages import ADDRESS_CHANGED, CHANGE_ADDRESS, message_key, tell_code
from portal.accounts.models import Account
from portal.accounts.self_service import password_change
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.extensions import db
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue

UNDO_LIFE = timedelta(days=7)


class Undone(Enum):
    """What a link back to an old address led to."""

    DONE = "done"
    WOULD = "would"
    OVER = "over"


def request_change(actor: Actor, email: str) -> None:
    """Send a code to the new address. Raises ``Invalid`` for one that cannot be used, ``TooMany``.

    Whether the new address is somebody else's is not told before its owner has proved to have it.
    """
    account = queries.lock(actor.id)
    wanted = emails.checked(email)
    if wanted == account.email:
        raise Invalid("same_address", _("This is already your email address."), field="email")
    codes.check_may_ask(actor, account.email, Purpose.CHANGE_ADDRESS)
    codes.check_may_ask(actor, wanted, Purpose.CHANGE_ADDRESS)
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.CHANGE_ADDRESS))
    channel = MessageChannel.MAIL.value
    data = codes.subject_data(actor, account.email, Purpose.CHANGE_ADDRESS, email=wanted, channel=channel)
    issued = one_time_secrets.issue(account.id, Purpose.CHANGE_ADDRESS, CODE_LIFE, data)
    tell_code(account, CHANGE_ADDRESS, issued, recipient=wanted, good_until=now() + CODE_LIFE)
    record(actor, "accounts.request_address", target=("account", account.id))


def awaited(actor: Actor) -> str | None:
    """The address that a code was sent to and that waits for it."""
    secret = one_time_secrets.live(actor.id, Purpose.CHANGE_ADDRESS)
    return None if secret is None else str(secret.data["email"])


def confirm_change(actor: Actor, code: str) -> Guess:
    """Take the new address by the code that was sent to it. Raises ``Conflict`` when it is somebody else's."""
    account = queries.lock(actor.id)
    secret = one_time_secrets.live(account.id, Purpose.CHANGE_ADDRESS)
    made = codes.guess(secret, code) if secret is not None else one_time_secrets.OVER
    if secret is None or not made.is_right:
        record(actor, "accounts.address_refused", target=("account", account.id), over=made.is_over)
        return made
    old, new = account.email, str(secret.data["email"])
    if queries.is_kept(new, besides=account.id):
        raise Conflict("email_taken", _("This email address belongs to another account."), field="email")
    take(account, new)
    one_time_secrets.end_all(account.id, *Purpose.to_get_in())
    record(actor, "accounts.change_address", target=("account", account.id))
    offer_way_back(account, old, new)
    return made


def take(account: Account, email: str) -> None:
    """Give the account another address; two people cannot both have one."""
    try:
        with db.session.begin_nested():
            account.email = email
    except IntegrityError:
        raise Conflict("email_taken", _("This email address belongs to another account."), field="email") from None


def offer_way_back(account: Account, old: str, new: str) -> None:
    """Every change in a row can be undone, back to the address that it left."""
    issued = one_time_secrets.issue(account.id, Purpose.UNDO_ADDRESS, UNDO_LIFE, {"email": old})
    enqueue(
        ADDRESS_CHANGED,
        recipient=old,
        locale=account.locale,
        key=message_key(ADDRESS_CHANGED, issued.id),
        payload={
            "name": account.first_name,
            "email": new,
            "url": f"/email/undo?token={issued.token}",
            "days": UNDO_LIFE.days,
        },
    )


def look_at_undo(token: str) -> Undone:
    """What the link would do; opening it changes nothing."""
    secret = one_time_secrets.find(token, Purpose.UNDO_ADDRESS)
    return Undone.WOULD if secret is not None and one_time_secrets.is_live(secret) else Undone.OVER


def undo(actor: Actor, token: str) -> Undone:
    """Give the account back to whoever has its old address.

    Somebody else may know its password and hold its second step: both go, every sign-in ends, and a link to set a
    new password is mailed to the old address. The ways back from later changes end too; those from earlier ones stay,
    because whoever made this change may not have been the owner either.
    """
    secret = one_time_secrets.find(token, Purpose.UNDO_ADDRESS)
    if secret is None or secret.account_id is None:
        return Undone.OVER
    account = queries.lock(secret.account_id)
    if not one_time_secrets.use(secret):
        return Undone.OVER
    take(account, str(secret.data["email"]))
    account.password_hash = None
    second_factor.forget(account)
    sessions.end_all(account.id)
    one_time_secrets.end_all(account.id, *(set(Purpose) - {Purpose.UNDO_ADDRESS}))
    one_time_secrets.end_later(secret)
    record(actor, "accounts.undo_address", target=("account", account.id))
    password_change.send_link(actor, account)
    return Undone.DONE
