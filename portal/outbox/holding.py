"""Holding messages back for a moment in which what they report can still be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.core.clock import now


@dataclass(slots=True)
class HeldMessages:
    """What one block has queued: the ``keys`` of messages that are not sent before ``until``.

    ``notice_keys`` are those of the notices that are shown inside the portal besides.
    """

    until: datetime
    keys: list[str] = field(default_factory=list)
    notice_keys: list[str] = field(default_factory=list)


_current: ContextVar[HeldMessages | None] = ContextVar("held_messages", default=None)


@contextmanager
def holding(duration: timedelta) -> Iterator[HeldMessages]:
    """Hold back every message that the block queues until ``duration`` from now, and yield the record of them."""
    held = HeldMessages(now() + duration)
    token = _current.set(held)
    try:
        yield held
    finally:
        _current.reset(token)


def current_hold() -> HeldMessages | None:
    """Return the record of the ``holding`` block that is running, or ``None`` outside of one."""
    return _current.get()
