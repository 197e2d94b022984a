"""The only source of time: every other module asks here, so tests can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - a variable that tests replace


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return source()
