"""What the office decides about people; it counts on their very next request."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import force_locale, format_date
from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.authentication import one_time_secrets, sessions
from portal.accounts.domain_events import RoleChanged
from portal.accounts.messages import BANNED, ROLE_CHANGED, UNBANNED, UNVERIFIED, VERIFIED, WARNED, tell
from portal.accounts.models import REASON_MAX, Account, AccountWarning, Role, VerifiedBy, ban_ends_on
from portal.accounts.status import policies
from portal.accounts.status.groups import check_office_remains
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import publish
from portal.extensions import db

LONGEST_BAN = timedelta(days=20 * 365)


def verify(actor: Actor, account_id: uuid.UUID, role: str | None = None) -> Account:
    """Accept a person, change their role, or both.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` for an unknown role, ``Conflict`` when there is nothing to do.
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
        record(actor, "accounts.verify", target=("account", account.id))
        tell(account, VERIFIED, key=f"{now().timestamp():.6f}")
    return account


def change_role(actor: Actor, account: Account, role: str) -> None:
    """Alumni or alumni friend; a friend has no graduation year, which the profile hears of."""
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
    record(actor, "accounts.change_role", target=("account", account.id), role=role)
    if account.is_verified:
        tell(account, ROLE_CHANGED, key=f"{now().timestamp():.6f}", role=role)


def unverify(actor: Actor, account_id: uuid.UUID) -> Account:
    """Take the verification back; only the office can give it again."""
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    if not account.is_verified:
        raise Conflict("not_verified", _("User is not verified"))
    check_office_remains(account.id)
    account.verified_at, account.verified_by, account.verification = None, None, VerifiedBy.OFFICE
    end_secrets(account)
    sessions.end_all(account.id)
    record(actor, "accounts.unverify", target=("account", account.id))
    tell(account, UNVERIFIED, key=f"{now().timestamp():.6f}")
    return account


def ban(actor: Actor, account_id: uuid.UUID, *, reason: str = "", until: datetime | None = None) -> Account:
    """Shut a person out, for good or until a moment; they are told why."""
    account = queries.lock(account_id)
    policies.check_may_ban(actor, account)
    if account.is_banned(now()):
        raise Conflict("already_banned", _("User is already banned"))
    check_office_remains(account.id)
    reason = checked_reason(reason)
    check_end(until)
    account.banned_at, account.banned_until, account.ban_reason = now(), until, reason or None
    end_secrets(account)
    sessions.end_all(account.id)
    record(actor, "accounts.ban", target=("account", account.id), reason=reason)
    with force_locale(account.locale or "en"):
        until_day = format_date(ban_ends_on(until)).rstrip(".") if until else ""
    tell(account, BANNED, key=f"{now().timestamp():.6f}", reason=reason, until=until_day)
    return account


def unban(actor: Actor, account_id: uuid.UUID) -> Account:
    """Let a person in again."""
    account = queries.lock(account_id)
    policies.check_may_ban(actor, account)
    if not account.is_banned(now()):
        raise Conflict("not_banned", _("User is not banned"))
    account.banned_at = account.banned_until = account.ban_reason = None
    record(actor, "accounts.unban", target=("account", account.id))
    tell(account, UNBANNED, key=f"{now().timestamp():.6f}")
    return account


def warn(actor: Actor, account_id: uuid.UUID, text: str) -> AccountWarning:
    """Ask a person to mind something: they read it on the portal until they say so, and by mail."""
    policies.check_may_warn(actor)
    account = queries.lock(account_id)
    text = checked_reason(text)
    if not text:
        raise Invalid("missing", _("Say what the person should keep in mind."), field="text")
    warning = AccountWarning(account_id=account.id, text=text, given_by=actor.account_id)
    db.session.add(warning)
    db.session.flush()
    record(actor, "accounts.warn", target=("account", account.id), warning=str(warning.id))
    tell(account, WARNED, key=str(warning.id), text=text)
    return warning


def acknowledge(actor: Actor, warning_id: uuid.UUID) -> None:
    """The person has read a warning; a second time changes nothing. Raises ``NotFound`` for somebody else's."""
    warning = db.session.get(AccountWarning, warning_id)
    if warning is None or warning.account_id != actor.account_id:
        raise NotFound("warning_not_found", _("There is no such warning."))
    if warning.read_at is None:
        warning.read_at = now()
        record(actor, "accounts.read_warning", target=("account", actor.account_id), warning=str(warning.id))


def checked_reason(text: str) -> str:
    """What the person will read, trimmed; raises ``Invalid`` when it is too long."""
    text = text.strip()
    if len(text) > REASON_MAX:
        raise Invalid("too_long", _("Use at most %(most)s characters.", most=REASON_MAX), field="reason")
    return text


def check_end(until: datetime | None) -> None:
    """A ban with an end has one to come, and one that somebody will live to see."""
    if until is not None and until <= now():
        raise Invalid("past", _("Choose a future date."), field="until")
    if until is not None and until > now() + LONGEST_BAN:
        raise Invalid("too_late", _("Choose a date within twenty years, or leave it empty."), field="until")


def end_secrets(account: Account) -> None:
    """Links and codes that would let somebody in, or verify them, work no more."""
    one_time_secrets.end_all(account.id, one_time_secrets.Purpose.VERIFY_ADDRESS, *one_time_secrets.Purpose.to_get_in())
