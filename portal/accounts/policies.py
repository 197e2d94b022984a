"""Rules on who may verify, ban, warn and sign out people."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.errors import Conflict, Forbidden
from portal.permissions.catalogue import Permission


def check_may_verify(actor: Actor) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``people:verify``."""
    if not actor.may(Permission.PEOPLE_VERIFY):
        raise Forbidden("not_permitted", _("Only the alumni office can verify people."))


def check_may_end_sign_in(actor: Actor, account_id: uuid.UUID) -> None:
    """Raise ``Forbidden`` unless the actor may end a session of the account ``account_id``.

    It must be the actor's own account, or they must hold the permission ``accounts:secure``.
    """
    if actor.account_id != account_id:
        check_may_secure(actor)


def check_may_secure(actor: Actor) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``accounts:secure``.

    It allows signing other people out and removing their second factor.
    """
    if not actor.may(Permission.ACCOUNTS_SECURE):
        raise Forbidden("not_permitted", _("Only administrators can sign other people out."))


def check_may_warn(actor: Actor) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``people:ban``, which is also that to warn people."""
    if not actor.may(Permission.PEOPLE_BAN):
        raise Forbidden("not_permitted", _("Only the alumni office can warn people."))


def check_may_ban(actor: Actor, account: Account) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``people:ban``, ``Conflict`` for their own account.

    Whoever banned themselves could not undo it.
    """
    if not actor.may(Permission.PEOPLE_BAN):
        raise Forbidden("not_permitted", _("Only the alumni office can ban people."))
    if actor.account_id == account.id:
        raise Conflict("own_account", _("You cannot do this to your own account."))
