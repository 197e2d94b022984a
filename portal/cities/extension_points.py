"""What a map of people, which a portal may lack, adds to the pages of other features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.core.actor import Actor
from portal.core.extension_points import ExtensionPoint


def _nothing(*_arguments: object, **_query_args: object) -> None:
    return None


MAP_URL: ExtensionPoint[Callable[..., str | None]] = ExtensionPoint("map_url", _nothing)
"""The URL of people on the map, by query arguments of a people filter; ``None`` in a portal without a map."""

MAP_TOTALS: ExtensionPoint[Callable[[Actor], tuple[int, int] | None]] = ExtensionPoint("map_totals", _nothing)
"""How many people the actor may see on the map, and in how many cities; ``None`` in a portal without a map."""

PUBLIC_MARKERS: ExtensionPoint[Callable[[], Any]] = ExtensionPoint("public_markers", _nothing)
"""The markers of the public map (``MapMarkers``); ``None`` in a portal without a map."""
