"""Many people at one event at the same moment, really committed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Conflict
from portal.events import services
from portal.events.services import Draft
from portal.permissions.catalogue import Permission
from tests.events.conftest import actor_of
from tests.events.state import attendance, audited, told
from tests.events.test_writing import draft
from tests.factories import make_account, make_event, row

pytestmark = pytest.mark.concurrency


def together(app: PortalFlask, tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task answers, or the conflict that it met, when all start at once in transactions of their own."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                return task()
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_thirty_people_join_the_last_ten_places(committed: PortalFlask) -> None:
    event = make_event(make_account(), capacity=11)
    people = [make_account() for _ in range(30)]
    answers = together(committed, [lambda one=one: services.join(actor_of(one), event.id).state for one in people])
    states = attendance(committed, event)
    assert Counter(answers) == {"going": 10, "waiting": 20}
    assert Counter(states.values()) == {"going": 11, "waiting": 20}
    assert len(audited(committed)) == 30


def test_one_person_who_presses_twice_goes_once(committed: PortalFlask, alina: Account) -> None:
    event = make_event(make_account(), capacity=5)
    answers = together(committed, [lambda: services.join(actor_of(alina), event.id).is_new] * 6)
    assert Counter(answers) == {True: 1, False: 5}


def test_five_leave_at_once_and_exactly_five_move_up(committed: PortalFlask) -> None:
    going = [make_account() for _ in range(5)]
    event = make_event(going[0], capacity=5, going=tuple(going[1:]))
    waiting = [make_account() for _ in range(8)]
    together(committed, [lambda one=one: services.join(actor_of(one), event.id) for one in waiting])
    together(committed, [lambda one=one: services.leave(actor_of(one), event.id) for one in going])
    assert Counter(attendance(committed, event).values()) == {"going": 5, "waiting": 3}
    assert sum(told(committed, one) == ["events.place_free"] for one in waiting) == 5


def test_two_people_of_the_office_decide_at_once_and_one_wins(
    committed: PortalFlask, mona: Account, adam: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    answers = together(
        committed,
        [
            lambda one=one: services.approve(actor_of(one, Permission.EVENTS_MODERATE), event.id).id
            for one in (mona, adam)
        ],
    )
    assert Counter(answers) == {event.id: 1, "already_approved": 1}
    assert told(committed, alina) == ["events.approved"]


def test_the_same_form_sent_at_once_makes_one_event(committed: PortalFlask, alina: Account) -> None:
    event_id = make_account().id
    wanted: Draft = draft(time_zone="UTC")
    answers = together(committed, [lambda: services.create(actor_of(alina), wanted, event_id=event_id).id] * 6)
    assert answers == [event_id] * 6
    assert audited(committed) == ["events.create"]


def test_edits_at_once_lose_nothing(committed: PortalFlask, alina: Account) -> None:
    event = make_event(alina, is_online=True, capacity=1)
    together(
        committed,
        [
            lambda: (
                services.edit(
                    actor_of(alina), event.id, lambda old: dataclasses.replace(old, capacity=(old.capacity or 0) + 1)
                ).id
            )
        ]
        * 6,
    )
    assert row(event)["capacity"] == 7
