"""What people are notified of, inside the portal and outside it."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="notifications",
    models=("models",),
)
