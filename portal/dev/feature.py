"""Pages for developers, which do not exist in production."""

from __future__ import annotations

from portal.core.access import ANYONE
from portal.core.manifest import Feature, Views

feature = Feature(
    name="dev",
    pages=tuple(
        Views(module, ANYONE, prefix="/dev", only_in_development=True) for module in ("components", "mail", "telegram")
    ),
)
