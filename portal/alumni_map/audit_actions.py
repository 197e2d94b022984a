"""The audit actions on the map."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class MapAction(AuditAction):
    """The actions on the map that the audit trail records."""

    CORRECT_COUNTERS = "alumni_map.correct_counters", _("Wrong numbers on the map corrected")
