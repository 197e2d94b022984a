"""The extension points of events, which features that depend on events implement."""

from __future__ import annotations

from collections.abc import Callable

from portal.core.extension_points import ExtensionPoint


def _events_path() -> str:
    return "/events"


REVIEW_PATH: ExtensionPoint[Callable[[], str]] = ExtensionPoint("event_review_path", _events_path)
"""A function that returns the path of the page on which the alumni office reviews events, by default ``/events``."""
