"""The alumni office itself: who belongs to it, and that somebody always does."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts import queries
from portal.accounts.messages import RIGHTS_CHANGED, tell
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden
from portal.permissions import services as permissions
from portal.permissions.catalogue import ADMINISTRATORS, Permission


def appoint(actor: Actor, account_id: uuid.UUID, group: str) -> None:
    """Give a person the rights of a group; raises ``Forbidden``, ``NotFound``."""
    check_may_change_groups(actor)
    account = queries.lock(account_id)
    if permissions.join(account.id, group, actor.account_id):
        record(actor, "accounts.appoint", target=("account", account.id), group=group)
        tell(account, RIGHTS_CHANGED, key=f"{now().timestamp():.6f}", group=group, given=True)


def dismiss(actor: Actor, account_id: uuid.UUID, group: str) -> None:
    """Take the rights of a group back; raises ``Conflict`` for the last administrator."""
    check_may_change_groups(actor)
    account = queries.lock(account_id)
    if group == ADMINISTRATORS:
        check_office_remains(account.id)
    if permissions.leave(account.id, group):
        record(actor, "accounts.dismiss", target=("account", account.id), group=group)
        tell(account, RIGHTS_CHANGED, key=f"{now().timestamp():.6f}", group=group, given=False)


def check_may_change_groups(actor: Actor) -> None:
    if not actor.may(Permission.GROUPS_CHANGE):
        raise Forbidden("not_permitted", _("Only administrators can grant and revoke rights."))


def check_office_remains(account_id: uuid.UUID) -> None:
    """Without this person there must be another administrator who can come in.

    The group stays locked, so that two administrators cannot shut each other out at the same moment.
    """
    administrators = permissions.locked_members(ADMINISTRATORS)
    if account_id not in administrators:
        return
    others = [found for found in administrators if found != account_id]
    if not queries.any_in_good_standing(others):
        raise Conflict("last_administrator", _("This is the last administrator. Appoint another one first."))
