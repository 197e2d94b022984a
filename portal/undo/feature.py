"""Manifest of the feature ``undo``: acts that can be undone while the messages about them wait."""

from __future__ import annotations

from datetime import timedelta

from portal.core.manifest import Feature, Job

feature = Feature(
    name="undo",
    models=("models",),
    jobs=(Job("undo.purge", "jobs:purge", timedelta(hours=1)),),
)
