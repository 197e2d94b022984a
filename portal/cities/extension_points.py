"""Functions that the map of people, which a portal may lack, implements for other features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.core.actor import Actor
from portal.core.extension_points import ExtensionPoint


def _nothing(*_arguments: object, **_query_args: object) -> None:
    return None


MAP_URL: ExtensionPoint[Callable[..., str | None]] = ExtensionPoint("map_url", _nothing)
"""Returns the URL of the map for query arguments of a people filter; ``None`` in a portal without a map."""

MAP_TOTALS: ExtensionPoint[Callable[[Actor], tuple[int, int] | None]] = ExtensionPoint("map_totals", _nothing)
"""Returns the numbers of people whose city the actor may see and of these cities; ``None`` without a map."""

MAP_WARNING: ExtensionPoint[Callable[[], str | None]] = ExtensionPoint("map_warning", _nothing)
"""Returns a short text for the health check if the numbers on the map have lately been wrong, else ``None``."""

PUBLIC_MARKERS: ExtensionPoint[Callable[[], Any]] = ExtensionPoint("public_markers", _nothing)
"""Returns the markers of the public map (``MapMarkers``); ``None`` in a portal without a map."""
