"""The only source of the current time, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - a variable that tests replace


def now() -> datetime:
    """Return the current instant, with UTC as its time zone."""
    return source()
