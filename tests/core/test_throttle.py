"""Limits that protect accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.application import PortalFlask
from portal.core import throttle
from portal.core.clock import now
from portal.core.throttle import Limit

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
