"""The audit actions on stored pictures."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class FileAction(AuditAction):
    """The actions on stored pictures that the audit trail records."""

    STORE = "media.store", _("Picture stored"), False, True
    SWEEP = "media.sweep", _("Unused pictures deleted")
