"""The audit actions of profiles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class ProfileAction(AuditAction):
    """The names and labels of the audit actions of profiles."""

    UPDATE = "profiles.update", _("Profile changed"), False, True
    CONFIRM_YEAR = "profiles.confirm_year", _("Graduation year confirmed"), True
    VIEW = "profiles.look_at", _("Profile viewed by the office")
    LIST = "profiles.list", _("Listed to the office")
