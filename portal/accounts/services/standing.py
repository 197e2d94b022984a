"""What the office decides about people; it counts on their very next request."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import format_date
from flask_babel import lazy_gettext as _

from portal.accounts import policies, queries, secrets
from portal.accounts.facts import RoleChanged
from portal.accounts.messages import BANNED, UNBANNED, UNVERIFIED, VERIFIED, tell
from portal.accounts.models import Account, Role, VerifiedBy
from portal.accounts.services import sessions
from portal.accounts.services.office import check_office_remains
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce


def verify(actor: Actor, account_id: uuid.UUID, role: str | None = None) -> Account:
    """Accept a person, or only change the role of one who is verified already (then nobody is mailed).

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
        secrets.end_all(account.id, secrets.Purpose.VERIFY_ADDRESS)
        record(actor, "accounts.verify", target=("account", account.id))
        tell(account, VERIFIED, key=f"{now().timestamp():.6f}")
    return account


def change_role(actor: Actor, account: Account, role: str) -> None:
    """Alumni or alumni friend; a friend has no graduation year, which the profile hears of."""
    if role not in {Role.ALUMNI, Role.ALUMNI_FRIEND}:
        raise Invalid("bad_role", _("Choose alumni or alumni friend."), field="role")
    if account.role == role:
        return
    account.role = role
    announce(RoleChanged(account))
    record(actor, "accounts.change_role", target=("account", account.id), role=role)


def unverify(actor: Actor, account_id: uuid.UUID) -> Account:
    """Take the verification back; only the office can give it again."""
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    if not account.is_verified:
        raise Conflict("not_verified", _("User is not verified"))
    check_office_remains(account.id)
    account.verified_at, account.verified_by, account.verification = None, None, VerifiedBy.OFFICE
    secrets.end_all(account.id, secrets.Purpose.VERIFY_ADDRESS)
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
    account.banned_at, account.banned_until, account.ban_reason = now(), until, reason.strip() or None
    sessions.end_all(account.id)
    record(actor, "accounts.ban", target=("account", account.id), reason=reason.strip())
    until_day = format_date(until) if until else ""
    tell(account, BANNED, key=f"{now().timestamp():.6f}", reason=reason.strip(), until=until_day)
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
