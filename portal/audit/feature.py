"""What happened, and who did it."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="audit",
    models=("models",),
)
