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


def spend(app: PortalFlask, subject: str = "someone") -> int:
    with app.app_context():
        return throttle.spend(LIMIT, subject)


def test_so_many_at_once_and_then_one_a_step(app: PortalFlask, clock: Any) -> None:
    assert [spend(app) for _time in range(4)] == [0, 0, 0, 60]
    clock.move(seconds=59)
    assert spend(app) == 1
    clock.move(seconds=1)
    assert [spend(app), spend(app)] == [0, 60]


def test_the_budget_is_whole_again_after_the_time_and_never_more(app: PortalFlask, clock: Any) -> None:
    for _time in range(3):
        spend(app)
    clock.move(days=30)
    assert [spend(app) for _time in range(4)] == [0, 0, 0, 60]


def test_what_was_refused_does_not_make_the_wait_longer(app: PortalFlask, clock: Any) -> None:
    assert [spend(app) for _time in range(9)][3:] == [60] * 6


def test_people_do_not_count_for_each_other(app: PortalFlask) -> None:
    for _time in range(3):
        spend(app)
    assert spend(app, "somebody else") == 0


def test_what_was_given_back_does_not_count(app: PortalFlask, clock: Any) -> None:
    for _time in range(10):
        assert spend(app) == 0
        with app.app_context():
            throttle.give_back(LIMIT, "someone")


@pytest.mark.parametrize("subject", ["", "x" * 5000, "ü'; DROP TABLE accounts; --"])
def test_any_subject_can_be_counted(app: PortalFlask, subject: str) -> None:
    assert spend(app, subject) == 0


def test_only_whole_budgets_are_forgotten(app: PortalFlask, clock: Any) -> None:
    spend(app)
    with app.app_context():
        assert throttle.forget_whole(now()) == 0
        assert throttle.forget_whole(now() + timedelta(minutes=5)) == 1


DELAY = Delay("sample", free=3, first=timedelta(seconds=10), most=timedelta(minutes=1), forget=timedelta(hours=1))


def attempt(app: PortalFlask, subject: str = "someone") -> int:
    with app.app_context():
        return throttle.attempt(DELAY, subject)


def test_the_first_failures_are_free_and_each_further_one_doubles_the_wait(app: PortalFlask, clock: Any) -> None:
    assert [attempt(app) for _time in range(4)] == [0] * 4
    waits = []
    for _time in range(5):
        waits.append(attempt(app))
        clock.move(seconds=waits[-1] - 1)
        assert attempt(app) == 1
        clock.move(seconds=1)
        assert attempt(app) == 0
    assert waits == [10, 20, 40, 60, 60]


def test_a_refused_try_does_not_make_the_wait_longer(app: PortalFlask, clock: Any) -> None:
    assert [attempt(app) for _time in range(9)][4:] == [10] * 5


def test_nobody_is_locked_out_for_good(app: PortalFlask, clock: Any) -> None:
    at = {"open_at": now(), "forget_at": now() + timedelta(minutes=30)}
    save(GrowingDelay(key=DELAY.key("someone"), failures=100_000, **at))
    for _time in range(3):
        assert [attempt(app), attempt(app)] == [0, 60]
        clock.move(minutes=1)


def test_a_success_ends_the_row_of_failures(app: PortalFlask, clock: Any) -> None:
    assert [attempt(app) for _time in range(4)] == [0] * 4
    clock.move(seconds=10)
    assert attempt(app) == 0
    with app.app_context():
        throttle.succeeded(DELAY, "someone")
    assert [attempt(app) for _time in range(5)] == [0, 0, 0, 0, 10]


def test_failures_are_forgotten_after_a_while_without_one(app: PortalFlask, clock: Any) -> None:
    assert [attempt(app) for _time in range(5)][-1] == 10
    clock.move(minutes=59)
    assert [attempt(app), attempt(app)] == [0, 20]
    clock.move(hours=1)
    assert [attempt(app) for _time in range(5)] == [0, 0, 0, 0, 10]


def test_a_try_that_was_excused_may_be_made_again_at_once(app: PortalFlask, clock: Any) -> None:
    assert [attempt(app) for _time in range(5)][-1] == 10
    for _time in range(3):
        with app.app_context():
            throttle.excuse(DELAY, "someone")
        assert [attempt(app), attempt(app)] == [0, 10]


def test_excusing_what_nobody_tried_does_nothing(app: PortalFlask, clock: Any) -> None:
    with app.app_context():
        for _time in range(3):
            throttle.excuse(DELAY, "someone")
    assert attempt(app) == 0
    with app.app_context():
        for _time in range(3):
            throttle.excuse(DELAY, "someone")
    assert [attempt(app) for _time in range(5)] == [0, 0, 0, 0, 10]


def test_failures_of_one_do_not_slow_another(app: PortalFlask, clock: Any) -> None:
    other = Delay("other", free=0, first=timedelta(seconds=1), most=timedelta(seconds=1), forget=timedelta(hours=1))
    assert [attempt(app) for _time in range(5)][-1] == 10
    assert attempt(app, "somebody else") == 0
    with app.app_context():
        assert throttle.attempt(other, "someone") == 0


def test_another_process_and_the_next_start_know_of_the_failures(committed: PortalFlask, clock: Any) -> None:
    assert [attempt(committed) for _time in range(5)][-1] == 10
    again = create_app(committed.config["PORTAL"])
    assert attempt(again) == 10
    with again.app_context():
        db.engine.dispose()


def test_only_what_is_forgotten_is_deleted(app: PortalFlask, clock: Any) -> None:
    attempt(app)
    with app.app_context():
        assert throttle.forget_delays(now() + timedelta(minutes=59)) == 0
        assert throttle.forget_delays(now() + timedelta(minutes=61)) == 1


@pytest.mark.parametrize(("first", "most", "forget"), [(0, 1, 1), (2, 1, 3), (1, 3, 2)])
def test_a_delay_that_would_forget_its_own_wait_is_refused(first: int, most: int, forget: int) -> None:
    with pytest.raises(ValueError, match="first <= most <= forget"):
        Delay("sample", 3, *(timedelta(seconds=span) for span in (first, most, forget)))


@pytest.mark.concurrency
def test_of_parallel_tries_exactly_the_free_ones_pass(committed: PortalFlask) -> None:
    together = 8
    start = Barrier(together)

    def tries(_number: int) -> int:
        start.wait()
        return [attempt(committed) for _time in range(3)].count(0)

    with ThreadPoolExecutor(together) as pool:
        assert sum(pool.map(tries, range(together))) == DELAY.free + 1
