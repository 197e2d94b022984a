"""Changing settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.extensions import db
from portal.settings import registry
from portal.settings.models import StoredSetting

MAY_CHANGE = "settings:change"


def change(actor: Actor, key: str, value: object) -> None:
    """Store ``value`` for the setting ``key``; it is in force on the next request of every process.

    Raises ``Forbidden`` without the permission, ``NotFound`` for an unknown key, ``Invalid`` for another type of value.
    """
    if not actor.may(MAY_CHANGE):
        raise Forbidden("not_permitted", _("You do not have permission to do this."))
    if key not in registry.SETTINGS:
        raise NotFound("unknown_setting", _("There is no such setting."))
    try:
        checked = registry.SETTINGS[key].type.validate_python(value, strict=True)
    except ValidationError as error:
        raise Invalid("invalid_setting", _("This value cannot be used here."), field=key) from error
    before = registry.read().value(key)
    stored = {"value": checked, "updated_at": now(), "updated_by": actor.account_id}
    statement = insert(StoredSetting).values(key=key, **stored)
    db.session.execute(statement.on_conflict_do_update(index_elements=[StoredSetting.key], set_=stored))
    record(actor, "settings.change", target=("setting", key), before=before, after=checked)
    registry.forget()


def toggle(actor: Actor, key: str) -> bool:
    """Store the opposite of a setting that is on or off, and return it; of two parallel calls the second waits.

    Raises what ``change`` raises.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"settings:{key}"))))
    opposite = not registry.read().value(key)
    change(actor, key, opposite)
    return opposite
