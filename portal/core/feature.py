"""The manifest of the code that all features share; its tables are those of the throttle and of versions."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="core",
    models=("security.throttle", "db.content_versions"),
)
