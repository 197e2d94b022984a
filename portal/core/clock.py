"""The only source of the current time, which tests can replace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - a variable that tests replace


def now() -> datetime:
    """Return the current time as an aware datetime in UTC; tests replace its ``source``."""
    return source()
