"""What the office does that needs more than one room's service."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.accounts.status import decisions, groups
from portal.core.actor import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.permissions.catalogue import BUILT_IN_GROUPS
from portal.settings import registry
from portal.settings import services as settings
from portal.settings.definitions import Setting


def change_role(actor: Actor, account_id: uuid.UUID, role: str) -> Account:
    """Alumni or alumni friend, for somebody who is in; raises ``Conflict`` when they are not any more.

    The contract's verification with a role would let them in again.
    """
    if not accounts.lock(account_id).is_verified:
        raise Conflict("not_verified", _("User is not verified"))
    return decisions.verify(actor, account_id, role)


def appoint(actor: Actor, account_id: uuid.UUID, group: str) -> Account:
    """Give the rights of a built-in group; raises ``NotFound`` for another."""
    groups.appoint(actor, account_id, known_group(group))
    return accounts.get(account_id)


def dismiss(actor: Actor, account_id: uuid.UUID, group: str) -> Account:
    """Take the rights of a built-in group back; raises ``NotFound`` for another."""
    groups.dismiss(actor, account_id, known_group(group))
    return accounts.get(account_id)


def known_group(name: str) -> str:
    if name not in BUILT_IN_GROUPS:
        raise NotFound("group_not_found", _("There is no such group."))
    return name


def change_settings(actor: Actor, wanted: Mapping[Setting[bool], bool]) -> None:
    """Store those of the given settings whose value differs from the one in force.

    Raises ``Invalid`` when the office shall need a second step and the actor has none: they could not go on.
    """
    values = registry.get_all()
    changed = {setting: value for setting, value in wanted.items() if values[setting.name] != value}
    if changed.get(STAFF_SECOND_FACTOR) and not accounts.get(actor.id).has_second_factor:
        sentence = _("Set up two-step verification for your own account first.")
        raise Invalid("second_factor_first", sentence, field="staff_second_factor")
    for setting, value in changed.items():
        settings.change(actor, setting, value)
