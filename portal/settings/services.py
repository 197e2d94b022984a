"""Changes of settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Forbidden, Invalid
from portal.extensions import db
from portal.settings import registry
from portal.settings.audit_actions import SettingAction
from portal.settings.definitions import Setting, Value
from portal.settings.models import StoredSetting

MAY_CHANGE = "settings:change"


def change(actor: Actor, setting: Setting[Value], value: object) -> None:
    """Store ``value`` for a setting and add an audit entry with the old and the new value.

    It is in force for the rest of this request and from the next request on in every process. Raise ``Forbidden``
    without the permission ``settings:change``, and ``Invalid`` for a value that the setting's type refuses.
    """
    check_may_change(actor)
    try:
        checked = setting.type.validate_python(value, strict=True)
    except ValidationError as error:
        raise Invalid("invalid_setting", _("This value cannot be used here."), field=setting.name) from error
    before = registry.read().value(setting)
    stored = {"value": checked, "updated_at": now(), "updated_by": actor.account_id}
    statement = insert(StoredSetting).values(key=setting.name, **stored)
    db.session.execute(statement.on_conflict_do_update(index_elements=[StoredSetting.key], set_=stored))
    record(actor, SettingAction.CHANGE, target=("setting", setting.name), before=before, after=checked)
    registry.forget()


def check_may_change(actor: Actor) -> None:
    """Raise ``Forbidden`` for an actor without the permission ``settings:change``."""
    if not actor.may(MAY_CHANGE):
        raise Forbidden("not_permitted", _("You do not have permission to do this."))


def toggle(actor: Actor, setting: Setting[bool], expected: bool | None = None) -> bool:
    """Turn a setting that is on or off into ``expected``, or into its opposite without one, and return the new value.

    A value that it has already is left without an audit entry, so that a call with ``expected`` can be repeated. Of two
    parallel calls the second waits for the transaction of the first. Raise ``Forbidden`` without the permission
    ``settings:change``.
    """
    check_may_change(actor)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"settings:{setting.name}"))))
    present = registry.read().value(setting)
    value = not present if expected is None else expected
    if value != present:
        change(actor, setting, value)
    return value
