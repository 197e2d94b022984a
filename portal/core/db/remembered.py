"""Answers that many people ask for, remembered per process for as long as what they are made of stays the same.

A remembered answer is returned only while the versions of its content are those under which it was made; they are read
by the statement that recognises the caller, so a change counts on the very next request, in every process. Remember
what is equal for all callers of a kind: never anybody's own data, and nothing that decides who may do what.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from flask import Flask, current_app

from config import Settings
from portal.core.clock import now
from portal.core.db import content_versions
from portal.core.db.content_versions import Content
from portal.core.db.unit_of_work import read_connection

Value = TypeVar("Value")
EXTENSION = "remembered_answers"

HOLDS_FOR = timedelta(seconds=10)
"""How long an answer is remembered at most: what time alone changes, such as a ban that ends, counts after that."""
ENTRY_BYTES = 500
"""What the key and the entry of an answer weigh, in bytes, beside the answer itself."""


@dataclass(frozen=True, slots=True)
class _Entry:
    versions: tuple[int, ...]
    made_at: datetime
    value: Any
    size: int


class Memory:
    """The remembered answers of one process: at most ``limit`` bytes, of which the least recently used go first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, versions: tuple[int, ...], at: datetime) -> _Entry | None:
        """Return the entry that was made under these versions within ``HOLDS_FOR`` before ``at``, or ``None``."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.versions != versions or not timedelta(0) <= at - entry.made_at <= HOLDS_FOR:
                return None
            self._entries.move_to_end(key)
            return entry

    def keep(self, key: Hashable, entry: _Entry) -> None:
        """Remember an entry in place of an earlier one, unless it alone is larger than the limit."""
        with self._lock:
            earlier = self._entries.pop(key, None)
            self.size -= earlier.size if earlier else 0
            if entry.size > self.limit:
                return
            self._entries[key] = entry
            self.size += entry.size
            while self.size > self.limit:
                _key, oldest = self._entries.popitem(last=False)
                self.size -= oldest.size


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application a memory of ``ANSWER_CACHE_BYTES``."""
    app.extensions[EXTENSION] = Memory(settings.answer_cache_bytes)


class Remembered(Generic[Value]):
    """Answers of one kind, named ``name``, that depend on some ``contents`` and on what their key says.

    ``size`` returns the bytes that an answer occupies.
    """

    def __init__(self, name: str, *contents: Content, size: Callable[[Value], int]) -> None:
        self.name = name
        self.contents = contents
        self.size = size

    @property
    def is_possible(self) -> bool:
        """Whether answers are remembered at all here: the process has memory for it, and the request only reads."""
        return bool(current_app.extensions[EXTENSION].limit) and read_connection().is_reading

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the answer for ``key``: the remembered one if it still holds, else what ``make`` returns.

        The key holds everything on which the answer depends beside the contents: the kind of caller, filters, language.
        In a request that writes, which sees changes that nobody else may see yet, nothing is remembered.
        """
        if not self.is_possible:
            return make()
        memory: Memory = current_app.extensions[EXTENSION]
        versions, moment = content_versions.present(self.contents), now()
        own = (self.name, key)
        if entry := memory.find(own, versions, moment):
            found: Value = entry.value
            return found
        value = make()
        memory.keep(own, _Entry(versions, moment, value, ENTRY_BYTES + self.size(value)))
        return value
