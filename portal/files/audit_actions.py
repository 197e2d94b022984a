"""Audited actions: what is done to pictures."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class FileAction(AuditAction):
    """What is done to pictures."""

    STORE = "media.store", _("Picture stored")
    SWEEP = "media.sweep", _("Unused pictures deleted")
