"""The audit actions of the list of cities."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class CityAction(AuditAction):
    """The names and labels of the audit actions of the list of cities."""

    LOAD = "cities.load", _("Cities loaded")
