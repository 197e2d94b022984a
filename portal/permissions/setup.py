"""The step that prepares a database for the feature."""

from __future__ import annotations

from config import Settings
from portal.permissions.services import sync_built_in_groups


def sync_groups(settings: Settings) -> None:
    """Create missing built-in groups, and give all of them the permissions of this version; ``settings`` is unused."""
    sync_built_in_groups()
