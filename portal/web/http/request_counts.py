"""Counts for the coarse limit of requests in the memory of the process, where there is no Redis.

The memory storage of ``limits`` starts a thread at nearly every request, which takes as long as the rest of a small
response.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from limits.storage import Storage

SCHEME = "process"


@dataclass(slots=True)
class Window:
    """How many requests there were in a window of time, and when it ends, in seconds since 1970."""

    count: int
    ends_at: float


class ProcessStorage(Storage):
    """Counts in fixed windows, which ``limits`` finds by the scheme of its URI; ended ones are dropped by the way."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the base class declares it so
    SWEEP_SECONDS = 60

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self.lock = threading.Lock()
        self.windows: dict[str, Window] = {}
        self.next_sweep = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """The error of a storage that fails, which memory does not."""
        return MemoryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add ``amount`` to the window of ``key``, which begins a new one of ``expiry`` seconds if it has none."""
        now = time.time()
        with self.lock:
            if now >= self.next_sweep:
                self.windows = {name: each for name, each in self.windows.items() if each.ends_at > now}
                self.next_sweep = now + self.SWEEP_SECONDS
            window = self.windows.get(key)
            if window is None or window.ends_at <= now:
                window = self.windows[key] = Window(0, now + expiry)
            window.count += amount
            return window.count

    def get(self, key: str) -> int:
        """Return the count of the present window of ``key``."""
        window = self.windows.get(key)
        return window.count if window is not None and window.ends_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of ``key`` ends, or the present time if it has none."""
        window = self.windows.get(key)
        return window.ends_at if window is not None else time.time()

    def check(self) -> bool:
        """Return that memory is available."""
        return True

    def reset(self) -> int:
        """Forget all windows, and return how many there were."""
        with self.lock:
            forgotten, self.windows = len(self.windows), {}
        return forgotten

    def clear(self, key: str) -> None:
        """Forget the window of ``key``."""
        with self.lock:
            self.windows.pop(key, None)
