"""Notifications of people, by notices inside the portal and messages outside it."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="notifications",
    models=("models",),
)
