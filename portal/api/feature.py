"""The manifest of the code that all JSON endpoints share."""

from __future__ import annotations

from portal.core.access import ANYONE, API_ACTOR
from portal.core.manifest import Command, Feature, Views

feature = Feature(
    name="api",
    pages=(Views("api_docs", ANYONE, only_in_development=True),),
    api=(Views("openapi", ANYONE),),
    commands=(Command("openapi", "commands:openapi", needs_database=False),),
    implements={API_ACTOR: "authentication:resolve_bearer"},
)
