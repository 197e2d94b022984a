"""A person's names, and their language, theme and time zone."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts.audit_actions import AccountAction
from portal.accounts.models import NAME_COLUMNS, Account, Role
from portal.accounts.reserved_names import check_names
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.core.time_zones import known_zone
from portal.extensions import db
from portal.web.preferences import PreferenceChosen

PREFERENCES = {"locale", "theme", "time_zone"}


def rename(actor: Actor, account: Account, names: Mapping[str, str | None]) -> None:
    """Set the names of an account that ``names`` holds by column; the caller has validated each of them.

    An audit entry without the names is added. Raise ``Invalid`` for names that only the alumni office may have, unless
    the account is of its staff, and ``LookupError`` for a column that is not in ``NAME_COLUMNS``.
    """
    unknown = set(names) - set(NAME_COLUMNS)
    if unknown:
        raise LookupError(f"no names: {unknown}")
    if account.role != Role.STAFF:
        renamed = {column: names.get(column, getattr(account, column)) for column in NAME_COLUMNS}
        other = (renamed["other_first_name"], renamed["other_last_name"])
        former = (renamed["first_name"], renamed["former_last_name"])
        check_names((renamed["first_name"], renamed["last_name"]), other, former)
    for column, name in names.items():
        setattr(account, column, name)
    record(actor, AccountAction.RENAME, target=("account", account.id))


def change_settings(actor: Actor, **preferences: str | None) -> None:
    """Set ``locale``, ``theme`` and ``time_zone`` of the actor's account, whichever are given.

    ``None`` leaves the choice to the browser or system. Raise ``Invalid`` for a time zone that does not exist, and
    ``LookupError`` for another keyword.
    """
    zone = preferences.get("time_zone")
    if zone is not None and known_zone(zone) is None:
        raise Invalid("bad_time_zone", _("There is no such time zone. Choose one from the list."), field="time_zone")
    unknown = set(preferences) - PREFERENCES
    if unknown:
        raise LookupError(f"no settings: {unknown}")
    if preferences:
        store(actor, preferences)


def remember_preference(chosen: PreferenceChosen) -> None:
    """Store in the account the language or theme that a signed-in person has chosen in a menu.

    A value that is ``None`` was not chosen and stays as it is; an empty theme is that of the system.
    """
    given = {"locale": chosen.locale, "theme": chosen.theme}
    store(chosen.actor, {name: value for name, value in given.items() if value is not None})


def store(actor: Actor, preferences: Mapping[str, str | None]) -> None:
    """Write preferences, by column and without checks, to the actor's account, and add an audit entry with them."""
    db.session.execute(update(Account).where(Account.id == actor.id).values(**preferences))
    record(actor, AccountAction.PREFERENCES, target=("account", actor.id), **preferences)
