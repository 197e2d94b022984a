"""Permissions, and the groups that hold them."""

from __future__ import annotations

from portal.core.manifest import Feature

feature = Feature(
    name="permissions",
    models=("models",),
    setup=("setup:sync_groups",),
)
