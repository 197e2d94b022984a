"""Turning a knob."""

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
    """Store ``value`` for ``key``; every process follows within five seconds, this one at once."""
    if not actor.may(MAY_CHANGE):
        raise Forbidden("not_permitted", _("Your account does not have the right to do this."))
    if key not in registry.KNOBS:
        raise NotFound("unknown_setting", _("There is no such setting."))
    try:
        wanted = registry.KNOBS[key].type.validate_python(value, strict=True)
    except ValidationError as error:
        raise Invalid("invalid_setting", _("This value cannot be used here."), field=key) from error
    before = registry.fresh()[key]
    stored = {"value": wanted, "updated_at": now(), "updated_by": actor.account_id}
    statement = insert(StoredSetting).values(key=key, **stored)
    db.session.execute(statement.on_conflict_do_update(index_elements=[StoredSetting.key], set_=stored))
    record(actor, "settings.change", target=("setting", key), before=before, after=wanted)
    registry.forget_after_commit()


def turn_over(actor: Actor, key: str) -> bool:
    """The opposite of a switch as it stands now; of two who turn it at once the second turns it back."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"settings:{key}"))))
    wanted = not registry.fresh()[key]
    change(actor, key, wanted)
    return wanted
