"""What a database needs of permissions before the first request."""

from __future__ import annotations

from config import Settings
from portal.permissions.services import sync_built_in_groups


def sync_groups(settings: Settings) -> None:
    """Make the built-in groups hold what this version says."""
    sync_built_in_groups()
