"""The audit trail: what was done, when and by whom."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="audit",
    models=("models",),
)
