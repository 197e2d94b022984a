"""What a feature above cities adds to pages that name a city or people of a city."""

from __future__ import annotations

from collections.abc import Callable

from portal.core.extension_points import ExtensionPoint


def _no_url(**query_args: object) -> None:
    return None


MAP_URL: ExtensionPoint[Callable[..., str | None]] = ExtensionPoint("map_url", _no_url)
"""The URL of people on the map, by query arguments of a people filter; ``None`` in a portal without a map."""
