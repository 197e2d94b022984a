"""The manifest of the texts that everybody can read: help, privacy notice and contact, and consent to the notice."""

from __future__ import annotations

from portal.core.access import ANYONE
from portal.core.manifest import Feature, Views
from portal.texts.audit_actions import TextAction
from portal.web.agreement import AGREEMENT, NOTICE_VERSION

feature = Feature(
    name="texts",
    pages=(Views("views", ANYONE),),
    models=("models",),
    settings=("settings",),
    implements={AGREEMENT: "consent:has_agreed", NOTICE_VERSION: "queries:privacy_version"},
    audit_actions=TextAction,
)
