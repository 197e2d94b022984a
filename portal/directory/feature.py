"""Lists and search of people."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="directory",
)
