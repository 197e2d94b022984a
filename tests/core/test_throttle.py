"""Limits that protect accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from portal import create_app
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.security import throttle
from portal.core.security.throttle import Delay, GrowingDelay, Limit
from portal.extensions import db
from tests.factories import save

LIMIT = Limit("sample", 3, timedelta(minutes=3))


def consume(app: PortalFlask, subject: str = "someone") -> int:
    with app.app_context():
        return throttle.consume(LIMIT, subject)


def test_a_burst_is_allowed_and_then_one_attempt_a_step(app: PortalFlask, clock: Any) -> None:
    assert [consume(app) for _attempt in range(4)] == [0, 0, 0, 60]
    clock.move(seconds=59)
    assert consume(app) == 1
    clock.move(seconds=1)
    assert [consume(app), consume(app)] == [0, 60]


def test_the_budget_is_complete_after_its_time_and_never_larger(app: PortalFlask, clock: Any) -> None:
    for _attempt in range(3):
        consume(app)
    clock.move(days=30)
    assert [consume(app) for _attempt in range(4)] == [0, 0, 0, 60]


def test_refused_attempts_do_not_lengthen_the_wait(app: PortalFlask, clock: Any) -> None:
    assert [consume(app) for _attempt in range(9)][3:] == [60] * 6


def test_subjects_are_counted_separately(app: PortalFlask) -> None:
    for _attempt in range(3):
        consume(app)
    assert consume(app, "somebody else") == 0


def test_refunded_attempts_do_not_count(app: PortalFlask, clock: Any) -> None:
    for _attempt in range(10):
        assert consume(app) == 0
        with app.app_context():
            throttle.refund(LIMIT, "someone")


@pytest.mark.parametrize("subject", ["", "x" * 5000, "ü'; DROP TABLE accounts; --"])
def test_any_subject_can_be_counted(app: PortalFlask, subject: str) -> None:
    assert consume(app, subject) == 0


def test_only_complete_budgets_are_deleted(app: PortalFlask, clock: Any) -> None:
    consume(app)
    with app.app_context():
        assert throttle.delete_unused(now()) == 0
        assert throttle.delete_unused(now() + timedelta(minutes=5)) == 1


DELAY = Delay("sample", free=3, first=timedelta(seconds=10), most=timedelta(minutes=1), forget=timedelta(hours=1))


def count_failure(app: PortalFlask, subject: str = "someone") -> int:
    with app.app_context():
        return throttle.count_failure(DELAY, subject)


def test_the_first_failures_are_free_and_each_further_one_doubles_the_wait(app: PortalFlask, clock: Any) -> None:
    assert [count_failure(app) for _attempt in range(4)] == [0] * 4
    waits = []
    for _attempt in range(5):
        waits.append(count_failure(app))
        clock.move(seconds=waits[-1] - 1)
        assert count_failure(app) == 1
        clock.move(seconds=1)
        assert count_failure(app) == 0
    assert waits == [10, 20, 40, 60, 60]


def test_a_refused_attempt_does_not_lengthen_the_delay(app: PortalFlask, clock: Any) -> None:
    assert [count_failure(app) for _attempt in range(9)][4:] == [10] * 5


def test_the_delay_has_an_upper_bound(app: PortalFlask, clock: Any) -> None:
    at = {"open_at": now(), "forget_at": now() + timedelta(minutes=30)}
    save(GrowingDelay(key=DELAY.key("someone"), failures=100_000, **at))
    for _attempt in range(3):
        assert [count_failure(app), count_failure(app)] == [0, 60]
        clock.move(minutes=1)


def test_a_success_resets_the_failures(app: PortalFlask, clock: Any) -> None:
    assert [count_failure(app) for _attempt in range(4)] == [0] * 4
    clock.move(seconds=10)
    assert count_failure(app) == 0
    with app.app_context():
        throttle.reset_failures(DELAY, "someone")
    assert [count_failure(app) for _attempt in range(5)] == [0, 0, 0, 0, 10]


def test_failures_expire(app: PortalFlask, clock: Any) -> None:
    assert [count_failure(app) for _attempt in range(5)][-1] == 10
    clock.move(minutes=59)
    assert [count_failure(app), count_failure(app)] == [0, 20]
    clock.move(hours=1)
    assert [count_failure(app) for _attempt in range(5)] == [0, 0, 0, 0, 10]


def test_a_refunded_failure_is_allowed_again_at_once(app: PortalFlask, clock: Any) -> None:
    assert [count_failure(app) for _attempt in range(5)][-1] == 10
    for _attempt in range(3):
        with app.app_context():
            throttle.refund_failure(DELAY, "someone")
        assert [count_failure(app), count_failure(app)] == [0, 10]


def test_refunding_an_uncounted_failure_does_nothing(app: PortalFlask, clock: Any) -> None:
    with app.app_context():
        for _attempt in range(3):
            throttle.refund_failure(DELAY, "someone")
    assert count_failure(app) == 0
    with app.app_context():
        for _attempt in range(3):
            throttle.refund_failure(DELAY, "someone")
    assert [count_failure(app) for _attempt in range(5)] == [0, 0, 0, 0, 10]


def test_failures_of_one_subject_do_not_delay_another(app: PortalFlask, clock: Any) -> None:
    other = Delay("other", free=0, first=timedelta(seconds=1), most=timedelta(seconds=1), forget=timedelta(hours=1))
    assert [count_failure(app) for _attempt in range(5)][-1] == 10
    assert count_failure(app, "somebody else") == 0
    with app.app_context():
        assert throttle.count_failure(other, "someone") == 0


def test_failures_are_shared_by_processes_and_survive_a_restart(committed: PortalFlask, clock: Any) -> None:
    assert [count_failure(committed) for _attempt in range(5)][-1] == 10
    again = create_app(committed.config["PORTAL"])
    assert count_failure(again) == 10
    with again.app_context():
        db.engine.dispose()


def test_only_expired_failures_are_deleted(app: PortalFlask, clock: Any) -> None:
    count_failure(app)
    with app.app_context():
        assert throttle.delete_forgotten(now() + timedelta(minutes=59)) == 0
        assert throttle.delete_forgotten(now() + timedelta(minutes=61)) == 1


@pytest.mark.parametrize(("first", "most", "forget"), [(0, 1, 1), (2, 1, 3), (1, 3, 2)])
def test_a_delay_that_expires_within_its_wait_is_refused(first: int, most: int, forget: int) -> None:
    with pytest.raises(ValueError, match="first <= most <= forget"):
        Delay("sample", 3, *(timedelta(seconds=span) for span in (first, most, forget)))


@pytest.mark.concurrency
def test_of_parallel_attempts_exactly_the_free_ones_pass(committed: PortalFlask) -> None:
    together = 8
    start = Barrier(together)

    def tries(_number: int) -> int:
        start.wait()
        return [count_failure(committed) for _attempt in range(3)].count(0)

    with ThreadPoolExecutor(together) as pool:
        assert sum(pool.map(tries, range(together))) == DELAY.free + 1
