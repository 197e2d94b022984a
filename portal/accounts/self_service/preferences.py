"""Who a person says to be, and how they want to be addressed."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts.models import NAMES, Account
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.extensions import db
from portal.web.i18n.selection import known_zone
from portal.web.preferences import PreferenceChosen


def rename(actor: Actor, account: Account, names: Mapping[str, str | None]) -> None:
    """Give the account other names, by column of ``NAMES``; the caller has checked their shape."""
    unknown = set(names) - set(NAMES)
    if unknown:
        raise LookupError(f"no names: {unknown}")
    for column, name in names.items():
        setattr(account, column, name)
    record(actor, "accounts.rename", target=("account", account.id))


def change_settings(actor: Actor, **chosen: str | None) -> None:
    """Language, theme and time zone, whichever are given; ``None`` leaves the choice to the browser or system.

    Raises ``Invalid`` for a time zone that does not exist.
    """
    zone = chosen.get("time_zone")
    if zone is not None and known_zone(zone) is None:
        raise Invalid("bad_time_zone", _("There is no such time zone. Choose one from the list."), field="time_zone")
    unknown = set(chosen) - {"locale", "theme", "time_zone"}
    if unknown:
        raise LookupError(f"no settings: {unknown}")
    if chosen:
        db.session.execute(update(Account).where(Account.id == actor.id).values(**chosen))
        record(actor, "accounts.preferences", target=("account", actor.id), **chosen)


def remember_preference(fact: PreferenceChosen) -> None:
    """Language and theme follow the person to their next device; the empty theme means: as the system."""
    chosen = {name: value for name, value in (("locale", fact.locale), ("theme", fact.theme)) if value is not None}
    db.session.execute(update(Account).where(Account.id == fact.actor.id).values(**chosen))
    record(fact.actor, "accounts.preferences", target=("account", fact.actor.id), **chosen)
