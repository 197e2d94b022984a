"""What all features share; its table holds the limits that protect accounts."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="core",
    models=("security.throttle",),
)
