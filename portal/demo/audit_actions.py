"""Audited actions: what is done with the demo data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class DemoAction(AuditAction):
    """The audited actions on the demo data."""

    SEED = "demo.seed", _("Demo data added")
