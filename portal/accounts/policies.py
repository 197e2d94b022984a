"""Who may change whose standing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.errors import Conflict, Forbidden
from portal.permissions.catalogue import Permission


def check_may_verify(actor: Actor) -> None:
    if not actor.may(Permission.PEOPLE_VERIFY):
        raise Forbidden("not_permitted", _("Only the alumni office can verify people."))


def check_may_ban(actor: Actor, account: Account) -> None:
    """Nobody bans themselves: an office that locks itself out cannot undo it."""
    if not actor.may(Permission.PEOPLE_BAN):
        raise Forbidden("not_permitted", _("Only the alumni office can ban people."))
    if actor.account_id == account.id:
        raise Conflict("own_account", _("You cannot do this to your own account."))
