"""Counts of requests in the memory of a process."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from portal.web.http import request_counts
from portal.web.http.request_counts import ProcessStorage

LIMIT = parse("3 per minute")


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(request_counts, "time", clock)
    return clock


def test_it_is_found_by_its_scheme() -> None:
    assert isinstance(storage_from_string(f"{request_counts.SCHEME}://"), ProcessStorage)


def test_a_limit_holds_until_its_window_ends(clock: Time) -> None:
    limiter = FixedWindowRateLimiter(ProcessStorage())
    assert [limiter.hit(LIMIT, "a") for _request in range(4)] == [True, True, True, False]
    assert limiter.hit(LIMIT, "b")
    assert limiter.get_window_stats(LIMIT, "a") == (clock.now + 60, 0)
    clock.now += 60
    assert limiter.get_window_stats(LIMIT, "a").remaining == 3
    assert limiter.hit(LIMIT, "a")


def test_ended_windows_are_dropped(clock: Time) -> None:
    storage = ProcessStorage()
    for number in range(100):
        storage.incr(f"{number}", 60)
    clock.now += 61
    storage.incr("late", 60)
    assert list(storage.windows) == ["late"]
    assert storage.reset() == 1
    assert storage.get("late") == 0


def test_one_window_can_be_forgotten(clock: Time) -> None:
    storage = ProcessStorage()
    storage.incr("a", 60)
    storage.incr("b", 60, amount=2)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 2)


def test_no_request_is_lost_among_threads_and_none_is_started(clock: Time) -> None:
    storage, before = ProcessStorage(), threading.active_count()
    storage.incr("a", 60)
    assert threading.active_count() == before
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: storage.incr("a", 60), range(2000)))
    assert storage.get("a") == 2001
