"""Audited actions on settings, with their labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class SettingAction(AuditAction):
    """An audited action on a setting; its value is stored in audit entries."""

    CHANGE = "settings.change", _("Setting changed")
