"""Audited actions on the texts and on the consent to the privacy notice, with their labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class TextAction(AuditAction):
    """An audited action on a text; its value is stored in audit entries."""

    CHANGE = "texts.change", _("Help, privacy or contact text changed")
    AGREE = "texts.agree", _("Agreed to the privacy notice"), False, True
