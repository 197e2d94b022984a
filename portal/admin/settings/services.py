"""Changes of settings by the alumni office."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from portal.accounts import queries as accounts
from portal.accounts.security_notices import OfficeChange, notify_administrators
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.errors import Invalid
from portal.settings import registry, services
from portal.settings.definitions import Setting


def change_settings(actor: Actor, values: Mapping[Setting[bool], bool]) -> None:
    """Store those of the given values that differ from the ones in force, each with an audit entry.

    All administrators are notified by email of a change. Raise ``Invalid`` if staff are to need a second factor and the
    actor has none, because they would lose their rights; ``ReauthenticationNeeded`` without a recent authentication;
    ``Forbidden`` for an actor who may not change settings.
    """
    services.check_may_change(actor)
    current = registry.get_all()
    changed = {setting: value for setting, value in values.items() if current[setting.name] != value}
    if changed.get(STAFF_SECOND_FACTOR) and not accounts.get(actor.id).has_second_factor:
        message = _("Set up two-step verification for your own account first.")
        raise Invalid("second_factor_first", message, field="staff_second_factor")
    if not changed:
        return
    check_recent_auth(actor)
    for setting, value in changed.items():
        services.change(actor, setting, value)
    notify_administrators(actor, OfficeChange.of_settings(changed))
