"""Giving and taking the permissions of a group; an administrator who can sign in always remains."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.messages import RIGHTS_CHANGED, enqueue_email, timestamp_key
from portal.accounts.models import Account
from portal.accounts.security_notices import OfficeChange, notify_administrators
from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.errors import Conflict, Forbidden
from portal.permissions import services as permissions
from portal.permissions.catalogue import ADMINISTRATORS, Permission


def appoint(actor: Actor, account_id: uuid.UUID, group: str) -> None:
    """Add a person to the group named ``group``; for a member of it nothing happens.

    They and all administrators are notified by email. Raise ``Forbidden`` without the permission,
    ``ReauthenticationNeeded`` without a recent one, ``NotFound`` for an unknown account, ``LookupError`` for an unknown
    group.
    """
    check_may_change_groups(actor)
    account = queries.lock(account_id)
    if permissions.join(account.id, group, actor.account_id):
        record(actor, AccountAction.APPOINT, target=("account", account.id), group=group)
        notify(actor, account, group, given=True)


def dismiss(actor: Actor, account_id: uuid.UUID, group: str) -> None:
    """Remove a person from the group named ``group``; if they are not in it nothing happens.

    They and all administrators are notified by email. Raise ``Forbidden`` without the permission,
    ``ReauthenticationNeeded`` without a recent one, ``NotFound`` for an unknown account, ``LookupError`` for an unknown
    group, and ``Conflict`` for the last administrator.
    """
    check_may_change_groups(actor)
    account = queries.lock(account_id)
    if group == ADMINISTRATORS:
        check_office_remains(account.id)
    if permissions.leave(account.id, group):
        record(actor, AccountAction.DISMISS, target=("account", account.id), group=group)
        notify(actor, account, group, given=False)


def notify(actor: Actor, account: Account, group: str, *, given: bool) -> None:
    """Email a person that they were added to a group or removed from it, and email all administrators about it."""
    enqueue_email(account, RIGHTS_CHANGED, key=timestamp_key(), group=group, given=given)
    notify_administrators(actor, OfficeChange.of_group(group, given=given), account)


def check_may_change_groups(actor: Actor) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``groups:change``.

    Raise ``ReauthenticationNeeded`` for one who holds it and has not authenticated recently.
    """
    if not actor.may(Permission.GROUPS_CHANGE):
        raise Forbidden("not_permitted", _("Only administrators can grant and revoke rights."))
    check_recent_auth(actor)


def check_office_remains(account_id: uuid.UUID) -> None:
    """Raise ``Conflict`` if no administrator but this person can sign in; for anybody else nothing happens.

    The group of administrators stays locked until the transaction ends, so that two of them cannot remove each other
    in parallel.
    """
    administrators = permissions.locked_members(ADMINISTRATORS)
    if account_id not in administrators:
        return
    others = [administrator for administrator in administrators if administrator != account_id]
    if not queries.any_can_sign_in(others):
        raise Conflict("last_administrator", _("This is the last administrator. Appoint another one first."))
