"""The step that prepares a database for the feature."""

from __future__ import annotations

from config import Settings
from portal.permissions.services import sync_built_in_groups


def sync_groups(settings: Settings) -> None:
    """Give the built-in groups the permissions of this version."""
    sync_built_in_groups()
