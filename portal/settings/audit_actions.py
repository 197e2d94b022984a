"""Audited actions: what is done to settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class SettingAction(AuditAction):
    """What is done to settings."""

    CHANGE = "settings.change", _("Setting changed")
