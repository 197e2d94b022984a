"""Joining and leaving events, the waiting list, and removal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.events import services
from portal.events.models import Attendance, Event
from tests.events.conftest import Act
from tests.events.state import attendance, audited, notices_of
from tests.factories import make_account, make_event, update


@pytest.fixture
def full(bob: Account) -> Event:
    """Bob's event with one place, which is his own."""
    return make_event(bob, capacity=1)


def test_joining_twice_changes_nothing(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob)
    first = act(alina, services.join, event.id)
    again = act(alina, services.join, event.id)
    assert (first.state, first.is_new, again.is_new) == (Attendance.GOING, True, False)
    assert again == services.JoinResult(Attendance.GOING, is_new=False, since=first.since)
    assert attendance(app, event) == {bob.id: "going", alina.id: "going"}
    assert audited(app) == ["events.join"]


def test_joining_a_full_event_leads_to_the_waiting_list(
    app: PortalFlask, act: Act, alina: Account, full: Event
) -> None:
    assert act(alina, services.join, full.id).state is Attendance.WAITING
    assert attendance(app, full)[alina.id] == "waiting"


@pytest.mark.parametrize(
    "state",
    [
        {"cancelled_at": now()},
        {"starts_at": now() - timedelta(hours=3)},
        {"starts_at": now() - timedelta(hours=2), "ends_at": now()},
    ],
)
def test_a_past_or_cancelled_event_cannot_be_joined(
    act: Act, alina: Account, bob: Account, state: dict[str, Any]
) -> None:
    event = make_event(bob, **state)
    with pytest.raises(Conflict):
        act(alina, services.join, event.id)


def test_an_event_in_progress_can_be_joined(act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob, starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(hours=1))
    assert act(alina, services.join, event.id).is_new


def test_the_owner_cannot_rejoin_a_pending_event(act: Act, bob: Account) -> None:
    event = make_event(bob, approval=Approval.PENDING)
    act(bob, services.leave, event.id)
    with pytest.raises(Conflict):
        act(bob, services.join, event.id)


def test_others_cannot_find_a_declined_event(act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob, approval=Approval.DECLINED)
    with pytest.raises(NotFound):
        act(alina, services.join, event.id)


def test_leaving_promotes_the_first_person_of_the_waiting_list(
    app: PortalFlask, act: Act, clock: Any, bob: Account, full: Event
) -> None:
    waiting = [make_account() for _ in range(3)]
    for person in waiting:
        clock.move(minutes=1)
        act(person, services.join, full.id)
    assert act(bob, services.leave, full.id).is_passed_on
    assert attendance(app, full) == {waiting[0].id: "going", waiting[1].id: "waiting", waiting[2].id: "waiting"}
    assert notices_of(app, waiting[0]) == ["events.place_free"]
    assert notices_of(app, waiting[1]) == []


def test_leaving_the_waiting_list_promotes_nobody(app: PortalFlask, act: Act, full: Event, bob: Account) -> None:
    first, second = make_account(), make_account()
    act(first, services.join, full.id)
    act(second, services.join, full.id)
    assert not act(first, services.leave, full.id).is_passed_on
    assert attendance(app, full) == {bob.id: "going", second.id: "waiting"}


def test_banned_people_on_the_waiting_list_are_passed_over(
    app: PortalFlask, act: Act, clock: Any, boris: Account, bob: Account, alina: Account, full: Event
) -> None:
    act(boris, services.join, full.id)
    clock.move(minutes=1)
    act(alina, services.join, full.id)
    act(bob, services.leave, full.id)
    assert attendance(app, full) == {boris.id: "waiting", alina.id: "going"}


def test_leaving_without_having_joined_gives_up_nothing(act: Act, alina: Account, full: Event) -> None:
    assert act(alina, services.leave, full.id) is None


def test_a_removed_participant_is_notified(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob, going=(alina,))
    assert act(bob, services.remove, event.id, alina.id) is True
    assert alina.id not in attendance(app, event)
    assert notices_of(app, alina) == ["events.removed"]


def test_the_office_removes_a_participant(app: PortalFlask, decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(make_account(), going=(alina,))
    assert decide(mona, services.remove, event.id, alina.id) is True


def test_a_participant_cannot_remove_others(act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob, going=(alina,))
    with pytest.raises(Forbidden):
        act(alina, services.remove, event.id, bob.id)


def test_removing_a_person_who_does_not_participate_changes_nothing(
    app: PortalFlask, act: Act, alina: Account, bob: Account
) -> None:
    event = make_event(bob)
    assert act(bob, services.remove, event.id, alina.id) is False
    assert notices_of(app, alina) == []


def test_nobody_is_promoted_after_the_event(
    app: PortalFlask, act: Act, alina: Account, bob: Account, full: Event
) -> None:
    act(alina, services.join, full.id)
    update(full, starts_at=now() - timedelta(days=1))
    act(bob, services.leave, full.id)
    assert attendance(app, full) == {alina.id: "waiting"}
