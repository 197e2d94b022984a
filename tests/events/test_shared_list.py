"""The remembered list of events says to everybody, after every change, what a process that remembers nothing says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.events import services
from portal.profiles.models import Audience
from tests.accounts.people import change
from tests.events.conftest import actor_of
from tests.factories import change_profile, make_account, make_event, update
from tests.support.clients import Api
from tests.support.statements import counting

LISTS = ("/api/v1/events/", "/api/v1/events/?limit=1", "/api/v1/events/?search=hike")


@pytest.fixture
def people(committed: PortalFlask) -> list[Account]:
    """Return two alumni of one class year, one of another, a friend, and somebody who hides where they go."""
    return [
        make_account(role="alumni", profile={"class_year": 2010}),
        make_account(role="alumni", profile={"class_year": 2010, "events_audience": "same_year"}),
        make_account(role="alumni", profile={"class_year": 2015}),
        make_account(role="alumni_friend"),
        make_account(role="alumni", profile={"class_year": 2015, "events_audience": "me"}),
    ]


def signed_in(app: PortalFlask, person: Account) -> Api:
    return Api(app).sign_in(person)


def differences(remembering: list[Api], forgetting: list[Api]) -> list[str]:
    """Return the lists that are not the same in both processes; each is asked for twice."""
    return [
        path
        for path in LISTS
        for one, other in zip(remembering, forgetting, strict=True)
        for _time in range(2)
        if one.get(path) != other.get(path)
    ]


def steps(app: PortalFlask, people: list[Account], events: list[Any]) -> list[Callable[[], object]]:
    """Return one change of each kind that the list depends on."""
    rng = random.Random(4)

    def act(service: Callable[..., object]) -> None:
        event = rng.choice(events)
        person = rng.choice([one for one in people if one.id != event.owner_id])
        with app.app_context(), unit_of_work():
            service(actor_of(person), event.id)

    def narrow() -> None:
        change_profile(rng.choice(people), events_audience=rng.choice(list(Audience)).value)

    def ban() -> None:
        change(app, people[2], banned_at=now(), banned_until=now() + timedelta(days=1))

    def unban() -> None:
        change(app, people[2], banned_at=None, banned_until=None)

    return [
        partial(act, services.leave),
        narrow,
        lambda: update(rng.choice(events), title=f"Hike {rng.random()}"),
        lambda: change_profile(people[0], class_year=rng.choice([2010, 2015])),
        ban,
        unban,
        lambda: change(app, people[3], role=rng.choice(["alumni", "alumni_friend"])),
        lambda: update(rng.choice(events), cancelled_at=rng.choice([None, now()])),
        narrow,
    ]


def test_every_change_counts_for_everybody_on_the_next_request(
    committed: PortalFlask, forgetful: PortalFlask, people: list[Account], adam: Account
) -> None:
    everybody = (*people, adam)
    events = [
        make_event(owner, going=tuple(one for one in people if one is not owner), title="Hike")
        for owner in (people[0], people[4])
    ]
    remembering = [signed_in(committed, person) for person in everybody]
    forgetting = [signed_in(forgetful, person) for person in everybody]
    assert differences(remembering, forgetting) == []
    for step in steps(committed, people, events) * 2:
        step()
        readable = [number for number in range(len(everybody)) if number != 2]  # may be banned
        assert differences([remembering[n] for n in readable], [forgetting[n] for n in readable]) == []


def test_callers_of_one_kind_share_an_answer(committed: PortalFlask, people: list[Account]) -> None:
    make_event(people[2], title="Hike")
    first, second = (signed_in(committed, make_account(role="alumni", profile={"class_year": 2000})) for _ in "ab")
    first.get(LISTS[0])
    with counting(committed) as ran:
        second.get(LISTS[0])
    assert len(ran) == 1
    assert [one["title"] for one in second.get(LISTS[0])["items"]] == ["Hike"]


def test_whoever_hides_where_they_go_sees_themselves(committed: PortalFlask, people: list[Account]) -> None:
    make_event(people[3], going=(people[4],))
    shy, other, organiser = (signed_in(committed, people[number]) for number in (4, 0, 3))
    for _time in range(2):
        ids = [api.get(LISTS[0])["items"][0]["participants_ids"] for api in (other, shy, organiser)]
        assert str(people[4].id) not in ids[0]
        assert str(people[4].id) in ids[1]
        assert ids[2] == ids[1]
