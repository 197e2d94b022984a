"""What the alumni office does to accounts, where that needs the services of more than one feature."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.status import decisions, groups
from portal.core.actor import Actor
from portal.core.errors import Conflict, NotFound
from portal.permissions.catalogue import BUILT_IN_GROUPS


def change_role(actor: Actor, account_id: uuid.UUID, role: str) -> Account:
    """Change the role of a verified person to ``alumni`` or ``alumni_friend`` and return their account.

    The person is emailed if the role changes. Raise ``Conflict`` when the person is not verified any more: verifying
    with a role, as the legacy contract has it, would verify them again. Raise ``Conflict`` also for staff, ``Invalid``
    for another role, ``NotFound`` for an unknown account, and ``Forbidden`` for an actor who may not verify people.
    """
    if not accounts.lock(account_id).is_verified:
        raise Conflict("not_verified", _("User is not verified"))
    return decisions.verify(actor, account_id, role)


def appoint(actor: Actor, account_id: uuid.UUID, group: str) -> Account:
    """Add a person to a built-in group, email them if they were not in it, and return their account.

    Raise ``NotFound`` for an unknown account and any other group, ``Forbidden`` for an actor who may not change groups.
    """
    groups.appoint(actor, account_id, _built_in(group))
    return accounts.get(account_id)


def dismiss(actor: Actor, account_id: uuid.UUID, group: str) -> Account:
    """Remove a person from a built-in group, email them if they were in it, and return their account.

    Raise ``NotFound`` for an unknown account and any other group, ``Forbidden`` for an actor who may not change groups,
    ``Conflict`` for the last administrator.
    """
    groups.dismiss(actor, account_id, _built_in(group))
    return accounts.get(account_id)


def _built_in(group: str) -> str:
    if group not in BUILT_IN_GROUPS:
        raise NotFound("group_not_found", _("There is no such group."))
    return group
