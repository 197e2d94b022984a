"""Decisions of the alumni office about people: verify, change the role, ban, warn.

Each counts from the person's next request on.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import force_locale, format_date
from flask_babel import lazy_gettext as _

from portal.accounts import policies, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import one_time_secrets, sessions
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.domain_events import RoleChanged
from portal.accounts.messages import (
    BANNED,
    ROLE_CHANGED,
    UNBANNED,
    UNVERIFIED,
    VERIFIED,
    WARNED,
    enqueue_email,
    timestamp_key,
)
from portal.accounts.models import REASON_MAX, Account, AccountWarning, Role, VerifiedBy, ban_ends_on
from portal.accounts.status.groups import check_office_remains
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import publish
from portal.core.text import trimmed
from portal.extensions import db

LONGEST_BAN = timedelta(days=20 * 365)
ENDED_BY_DECISIONS = (Purpose.VERIFY_EMAIL, *Purpose.granting_access())


def verify(actor: Actor, account_id: uuid.UUID, role: str | None = None, *, note: str = "") -> Account:
    """Verify a person, set their role if one is given, and return the account.

    Verifying ends their links and codes and notifies them by email, with ``note`` if there is one. Raise ``Forbidden``
    without the permission, ``NotFound`` for an unknown account, ``Invalid`` for a role other than alumni and alumni
    friend, and ``Conflict`` for a verified person if no role is given, and for a role for staff.
    """
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    if account.is_verified and role is None:
        raise Conflict("already_verified", _("User already verified"))
    if role is not None:
        change_role(actor, account, role)
    if not account.is_verified:
        account.verified_at, account.verified_by = now(), actor.account_id
        end_secrets(account)
        record(actor, AccountAction.VERIFY, target=("account", account.id), **({"note": note} if note else {}))
        enqueue_email(account, VERIFIED, key=timestamp_key(), note=note)
    return account


def change_role(actor: Actor, account: Account, role: str) -> None:
    """Set the role to alumni or alumni friend, publish ``RoleChanged``, and email the person if they are verified.

    Nothing happens if they have the role already. Raise ``Invalid`` for another role and ``Conflict`` for staff. The
    actor's permission is not checked.
    """
    if role not in {Role.ALUMNI, Role.ALUMNI_FRIEND}:
        raise Invalid("bad_role", _("Choose graduate or alumni friend."), field="role")
    if account.role == role:
        return
    if account.role == Role.STAFF:
        raise Conflict(
            "is_staff", _("Staff of the alumni office are listed neither as graduates nor as alumni friends.")
        )
    account.role = role
    publish(RoleChanged(account))
    record(actor, AccountAction.CHANGE_ROLE, target=("account", account.id), role=role)
    if account.is_verified:
        enqueue_email(account, ROLE_CHANGED, key=timestamp_key(), role=role)


def unverify(actor: Actor, account_id: uuid.UUID) -> Account:
    """Withdraw a person's verification, which then only the office can give again, and return the account.

    Their sessions, links and codes end, and they are notified by email. Raise ``Forbidden`` without the permission,
    ``NotFound`` for an unknown account, and ``Conflict`` for an unverified person and for the last administrator.
    """
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    if not account.is_verified:
        raise Conflict("not_verified", _("User is not verified"))
    check_office_remains(account.id)
    account.verified_at, account.verified_by, account.verification = None, None, VerifiedBy.OFFICE
    end_secrets(account)
    sessions.end_all(account.id)
    record(actor, AccountAction.UNVERIFY, target=("account", account.id))
    enqueue_email(account, UNVERIFIED, key=timestamp_key())
    return account


def ban(actor: Actor, account_id: uuid.UUID, *, reason: str = "", until: datetime | None = None) -> Account:
    """Ban a person until the instant ``until``, or for good if it is ``None``, and return the account.

    Their sessions, links and codes end, and they are emailed the end and the reason. Raise ``Forbidden`` without the
    permission, ``NotFound`` for an unknown account, ``Invalid`` for too long a reason or an end that is not within
    twenty years from now, and ``Conflict`` for a banned person, the actor themselves and the last administrator.
    """
    account = queries.lock(account_id)
    policies.check_may_ban(actor, account)
    if account.is_banned(now()):
        raise Conflict("already_banned", _("User is already banned"))
    check_office_remains(account.id)
    reason = validated_text(reason)
    check_ban_end(until)
    account.banned_at, account.banned_until, account.ban_reason = now(), until, reason or None
    end_secrets(account)
    sessions.end_all(account.id)
    record(actor, AccountAction.BAN, target=("account", account.id), reason=reason)
    with force_locale(account.locale or "en"):
        until_day = format_date(ban_ends_on(until)).rstrip(".") if until else ""
    enqueue_email(account, BANNED, key=timestamp_key(), reason=reason, until=until_day)
    return account


def unban(actor: Actor, account_id: uuid.UUID) -> Account:
    """Lift a person's ban, notify them by email, and return the account.

    Raise ``Forbidden`` without the permission, ``NotFound`` for an unknown account, and ``Conflict`` for a person who
    is not banned and for the actor themselves.
    """
    account = queries.lock(account_id)
    policies.check_may_ban(actor, account)
    if not account.is_banned(now()):
        raise Conflict("not_banned", _("User is not banned"))
    account.banned_at = account.banned_until = account.ban_reason = None
    record(actor, AccountAction.UNBAN, target=("account", account.id))
    enqueue_email(account, UNBANNED, key=timestamp_key())
    return account


def warn(actor: Actor, account_id: uuid.UUID, text: str) -> AccountWarning:
    """Store a warning, email it to the person, and return it; pages show it until they mark it as read.

    Raise ``Forbidden`` without the permission, ``NotFound`` for an unknown account, and ``Invalid`` for a text that is
    empty or longer than ``REASON_MAX``.
    """
    policies.check_may_warn(actor)
    account = queries.lock(account_id)
    text = validated_text(text)
    if not text:
        raise Invalid("missing", _("Say what the person should keep in mind."), field="text")
    warning = AccountWarning(account_id=account.id, text=text, given_by=actor.account_id)
    db.session.add(warning)
    db.session.flush()
    record(actor, AccountAction.WARN, target=("account", account.id), warning=str(warning.id))
    enqueue_email(account, WARNED, key=str(warning.id), text=text)
    return warning


def acknowledge_warning(actor: Actor, warning_id: uuid.UUID) -> None:
    """Mark a warning to the actor as read; repeating it changes nothing.

    Raise ``NotFound`` if there is no such warning or it is to somebody else.
    """
    warning = db.session.get(AccountWarning, warning_id)
    if warning is None or warning.account_id != actor.account_id:
        raise NotFound("warning_not_found", _("There is no such warning."))
    if warning.read_at is None:
        warning.read_at = now()
        record(actor, AccountAction.READ_WARNING, target=("account", actor.account_id), warning=str(warning.id))


def validated_text(text: str, *, field: str = "reason", most: int = REASON_MAX) -> str:
    """Return a text to or from a person trimmed; raise ``Invalid`` on ``field`` if it is then longer than ``most``."""
    text = trimmed(text)
    if len(text) > most:
        raise Invalid("too_long", _("Use at most %(most)s characters.", most=most), field=field)
    return text


def check_ban_end(until: datetime | None) -> None:
    """Raise ``Invalid`` for an end of a ban that has passed or is over 7,300 days ahead; ``None`` is allowed."""
    if until is not None and until <= now():
        raise Invalid("past", _("Choose a future date."), field="until")
    if until is not None and until > now() + LONGEST_BAN:
        raise Invalid("too_late", _("Choose a date within twenty years, or leave it empty."), field="until")


def end_secrets(account: Account) -> None:
    """End the account's open links and codes that verify it, sign in, re-authenticate or change password or email."""
    one_time_secrets.end_all(account.id, *ENDED_BY_DECISIONS)
