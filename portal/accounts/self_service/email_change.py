"""Changing one's email: a code to the new email confirms it, a link to the old one can undo it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from portal.accounts import emails, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets, second_factor, sessions
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, CodeCheck, Purpose
from portal.accounts.messages import CHANGE_EMAIL, EMAIL_CHANGED, enqueue_code, message_key
from portal.accounts.models import Account, OneTimeSecret
from portal.accounts.self_service import password_change
from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.extensions import db
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue

UNDO_LIFE = timedelta(days=7)


class UndoOutcome(Enum):
    """Result of a link that undoes a change of email: it did so, it could, it did so before, or it does not work."""

    DONE = "done"
    POSSIBLE = "possible"
    USED = "used"
    EXPIRED = "expired"


def request_change(actor: Actor, email: str) -> None:
    """Email a code to the new email, which replaces the actor's email once the code is confirmed.

    An earlier code ends. Raise ``Invalid`` for text that is not an email address and for the actor's present email, and
    ``TooMany`` within 60 seconds of the previous request or beyond the limits of codes. Whether another account has the
    new email is not disclosed before its owner has confirmed it. Raise ``ReauthenticationNeeded`` without a recent
    authentication.
    """
    check_recent_auth(actor)
    account = queries.lock(actor.id)
    new_email = emails.validate(email)
    if new_email == account.email:
        raise Invalid("same_address", _("This is already your email address."), field="email")
    codes.count_request(actor, account.email, Purpose.CHANGE_EMAIL)
    codes.count_request(actor, new_email, Purpose.CHANGE_EMAIL)
    codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.CHANGE_EMAIL))
    channel = MessageChannel.MAIL.value
    data = codes.throttle_data(actor, account.email, Purpose.CHANGE_EMAIL, email=new_email, channel=channel)
    issued = one_time_secrets.issue(account.id, Purpose.CHANGE_EMAIL, CODE_LIFE, data)
    enqueue_code(account, CHANGE_EMAIL, issued, recipient=new_email, good_until=now() + CODE_LIFE)
    record(actor, AccountAction.REQUEST_EMAIL_CHANGE, target=("account", account.id))


def pending_email(actor: Actor) -> str | None:
    """Return the actor's new email that waits for its code, or ``None`` if there is none or its code has expired."""
    secret = one_time_secrets.find_live(actor.id, Purpose.CHANGE_EMAIL)
    return None if secret is None else str(secret.data["email"])


def confirm_change(actor: Actor, code: str) -> CodeCheck:
    """Check the code that was sent to the actor's new email, and change the email if it is correct.

    Return the result of the check, ``EXPIRED`` if no code is valid any more. A change ends the codes and links that
    grant access, and emails a link that undoes it to the old email. Raise ``Conflict`` if another account has the new
    email or can still take it back, and ``TooMany`` beyond the daily limit of checks.
    """
    account = queries.lock(actor.id)
    secret = one_time_secrets.find_live(account.id, Purpose.CHANGE_EMAIL)
    check = codes.check_code(actor, secret, code) if secret is not None else one_time_secrets.EXPIRED
    if secret is None or not check.is_correct:
        record(actor, AccountAction.EMAIL_CHANGE_REFUSED, target=("account", account.id), over=check.is_expired)
        return check
    old, new = account.email, str(secret.data["email"])
    if queries.is_email_reserved(new, except_for=account.id):
        raise email_taken()
    set_email(account, new)
    one_time_secrets.end_all(account.id, *Purpose.granting_access())
    record(actor, AccountAction.CHANGE_EMAIL, target=("account", account.id))
    send_undo_link(account, old, new)
    return check


def set_email(account: Account, email: str) -> None:
    """Store ``email``, in normal form, as that of the account.

    Raise ``Conflict`` if another account has it, even one that was changed in parallel.
    """
    try:
        with db.session.begin_nested():
            account.email = email
    except IntegrityError:
        raise email_taken() from None


def email_taken() -> Conflict:
    """Return the error, to be raised, for an email that belongs to another account."""
    return Conflict("email_taken", _("This email address belongs to another account."), field="email")


def send_undo_link(account: Account, old: str, new: str) -> None:
    """Enqueue an email to the email ``old`` with a link that undoes the change to ``new`` for seven days.

    Links that undo earlier changes stay valid.
    """
    issued = one_time_secrets.issue(account.id, Purpose.UNDO_EMAIL_CHANGE, UNDO_LIFE, {"email": old})
    enqueue(
        EMAIL_CHANGED,
        recipient=old,
        locale=account.locale,
        key=message_key(EMAIL_CHANGED, issued.id),
        payload={
            "name": account.first_name,
            "email": new,
            "url": f"/email/undo?token={issued.token}",
            "days": UNDO_LIFE.days,
        },
    )


def inspect_undo_link(token: str) -> UndoOutcome:
    """Return whether the link of this token can undo a change of email, did so before, or neither; it is not used."""
    secret = one_time_secrets.find(token, Purpose.UNDO_EMAIL_CHANGE)
    if secret is not None and one_time_secrets.is_live(secret):
        return UndoOutcome.POSSIBLE
    return _ended(secret)


def undo(actor: Actor, token: str) -> UndoOutcome:
    """Give an account its old email back by the token of an emailed link, and return ``DONE``.

    Somebody else may know its password and have its second factor: both are removed, every session ends, and a link
    to set a new password is sent to the old email. Links that undo later changes end too. Those of earlier changes
    stay valid, because whoever made this change may not have been the owner either. Return ``USED`` for a link that
    did all this before and ``EXPIRED`` for an unknown, ended or expired one; raise ``Conflict`` if
    another account has the old email.
    """
    secret = one_time_secrets.find(token, Purpose.UNDO_EMAIL_CHANGE)
    if secret is None or secret.account_id is None:
        return UndoOutcome.EXPIRED
    account = queries.lock(secret.account_id)
    if not one_time_secrets.use(secret):
        db.session.refresh(secret)
        return _ended(secret)
    set_email(account, str(secret.data["email"]))
    account.password_hash = None
    second_factor.clear(account)
    sessions.end_all(account.id)
    one_time_secrets.end_all(account.id, *(set(Purpose) - {Purpose.UNDO_EMAIL_CHANGE}))
    one_time_secrets.end_newer(secret)
    record(actor, AccountAction.UNDO_EMAIL_CHANGE, target=("account", account.id))
    password_change.send_reset_link(actor, account)
    return UndoOutcome.DONE


def _ended(secret: OneTimeSecret | None) -> UndoOutcome:
    return UndoOutcome.USED if secret is not None and secret.used_at is not None else UndoOutcome.EXPIRED
