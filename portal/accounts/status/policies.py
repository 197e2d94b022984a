"""Who may change whose standing."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.errors import Conflict, Forbidden
from portal.permissions.catalogue import Permission


def check_may_verify(actor: Actor) -> None:
    if not actor.may(Permission.PEOPLE_VERIFY):
        raise Forbidden("not_permitted", _("Only the alumni office can verify people."))


def check_may_end_sign_in(actor: Actor, account_id: uuid.UUID) -> None:
    """Everybody their own; the office anybody's."""
    if actor.account_id != account_id:
        check_may_secure(actor)


def check_may_secure(actor: Actor) -> None:
    if not actor.may(Permission.ACCOUNTS_SECURE):
        raise Forbidden("not_permitted", _("Only administrators can sign other people out."))


def check_may_warn(actor: Actor) -> None:
    if not actor.may(Permission.PEOPLE_BAN):
        raise Forbidden("not_permitted", _("Only the alumni office can warn people."))


def check_may_ban(actor: Actor, account: Account) -> None:
    """Nobody bans themselves: an office that locks itself out cannot undo it."""
    if not actor.may(Permission.PEOPLE_BAN):
        raise Forbidden("not_permitted", _("Only the alumni office can ban people."))
    if actor.account_id == account.id:
        raise Conflict("own_account", _("You cannot do this to your own account."))
