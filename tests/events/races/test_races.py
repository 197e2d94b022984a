"""Concurrent use of one event, in committed transactions."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Conflict
from portal.events import services
from portal.events.services import EventInput
from portal.permissions.catalogue import Permission
from tests.events.conftest import actor_of
from tests.events.state import attendance, audited, notices_of
from tests.events.test_lifecycle import event_input
from tests.factories import make_account, make_event, row

pytestmark = pytest.mark.concurrency


def run_concurrently(app: PortalFlask, tasks: list[Callable[[], Any]]) -> list[Any]:
    """Run tasks at once, each in a transaction; return what each returned, or the code of its conflict."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                return task()
        except Conflict as raised:
            return raised.code

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_concurrent_joins_never_exceed_the_capacity(committed: PortalFlask) -> None:
    event = make_event(make_account(), capacity=11)
    people = [make_account() for _ in range(30)]

    def join(person: Account) -> str:
        return services.join(actor_of(person), event.id).state

    answers = run_concurrently(committed, [partial(join, person) for person in people])
    states = attendance(committed, event)
    assert Counter(answers) == {"going": 10, "waiting": 20}
    assert Counter(states.values()) == {"going": 11, "waiting": 20}
    assert len(audited(committed)) == 30


def test_joining_twice_at_once_counts_once(committed: PortalFlask, alina: Account) -> None:
    event = make_event(make_account(), capacity=5)
    answers = run_concurrently(committed, [lambda: services.join(actor_of(alina), event.id).is_new] * 6)
    assert Counter(answers) == {True: 1, False: 5}


def test_as_many_are_promoted_as_leave_at_once(committed: PortalFlask) -> None:
    going = [make_account() for _ in range(5)]
    event = make_event(going[0], capacity=5, going=tuple(going[1:]))
    waiting = [make_account() for _ in range(8)]
    run_concurrently(committed, [partial(services.join, actor_of(one), event.id) for one in waiting])
    run_concurrently(committed, [partial(services.leave, actor_of(one), event.id) for one in going])
    assert Counter(attendance(committed, event).values()) == {"going": 5, "waiting": 3}
    assert sum(notices_of(committed, one) == ["events.place_free"] for one in waiting) == 5


def test_of_two_decisions_at_once_one_is_refused(
    committed: PortalFlask, mona: Account, adam: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)

    def approve(person: Account) -> uuid.UUID:
        return services.approve(actor_of(person, Permission.EVENTS_MODERATE), event.id).id

    answers = run_concurrently(committed, [partial(approve, mona), partial(approve, adam)])
    assert Counter(answers) == {event.id: 1, "already_approved": 1}
    assert notices_of(committed, alina) == ["events.approved"]


def test_a_form_sent_several_times_at_once_creates_one_event(committed: PortalFlask, alina: Account) -> None:
    event_id = make_account().id
    entered: EventInput = event_input(time_zone="UTC")
    answers = run_concurrently(committed, [lambda: services.create(actor_of(alina), entered, event_id=event_id).id] * 6)
    assert answers == [event_id] * 6
    assert audited(committed) == ["events.create"]


def test_concurrent_edits_are_all_applied(committed: PortalFlask, alina: Account) -> None:
    event = make_event(alina, is_online=True, capacity=1)
    run_concurrently(
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
