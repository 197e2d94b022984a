"""The manifest of the code that all pages share."""

from __future__ import annotations

from portal.core.access import ANYONE, PAGE_ACTOR
from portal.core.manifest import Command, Feature, Views

feature = Feature(
    name="web",
    pages=(
        Views("brand", ANYONE),
        Views("preferences", ANYONE, prefix="/preferences"),
        Views("session_check", ANYONE, prefix="/session"),
    ),
    commands=(Command("translate", "i18n.catalogues:translate", needs_database=False),),
    implements={PAGE_ACTOR: "http.sessions:page_actor"},
)
