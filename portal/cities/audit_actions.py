"""Audited actions: what is done to the list of cities."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class CityAction(AuditAction):
    """Audited actions on the list of cities."""

    LOAD = "cities.load", _("Cities loaded")
