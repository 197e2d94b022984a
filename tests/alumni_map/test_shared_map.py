"""The remembered map says to everybody, after every change, what a process that remembers nothing says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.profiles.models import Audience
from tests.accounts.people import change
from tests.conftest import Clock
from tests.factories import change_profile, live_in, make_account, make_event, update
from tests.support.clients import Api, Page
from tests.support.statements import counting

JSON, DATA, LIST, HOME = "/api/v1/profile/map", "/map/data.json", "/map", "/home"


@pytest.fixture
def people(committed: PortalFlask, kazan: City, berlin: City) -> list[Account]:
    """Return alumni of two class years and of none, a friend and somebody of the office; some hide their city."""

    def make(city: City, audience: Audience, role: str = "alumni", year: int | None = None) -> Account:
        person = make_account(role=role, profile={"graduation_year": year})
        live_in(person, city, audience)
        return person

    return [
        make(kazan, Audience.SAME_YEAR, year=2010),
        make(berlin, Audience.ME, year=2010),
        make(berlin, Audience.ALUMNI, year=2015),
        make(kazan, Audience.SAME_YEAR),
        make(berlin, Audience.MEMBERS, role="alumni_friend"),
        make(kazan, Audience.ME, role="staff"),
    ]


class Reader:
    """One person who is signed in to one process, with pages and JSON."""

    def __init__(self, app: PortalFlask, person: Account) -> None:
        self.api, self.page = Api(app).sign_in(person), Page(app).sign_in(person)

    def everything(self) -> list[object]:
        """Return what the person sees of the map in four responses, each asked for twice."""
        seen: list[object] = []
        for _time in range(2):
            seen += [self.api.get(JSON), self.page.get(DATA).json]
            seen += [self.page.get(LIST).texts(".map-panel"), self.page.get(HOME).texts(".card")]
        assert all(seen)
        assert seen[:4] == seen[4:]
        return seen


def steps(app: PortalFlask, people: list[Account], kazan: City, berlin: City) -> list[Callable[[], object]]:
    """Return one change of each kind on which the map depends."""
    event = make_event(people[0], city_id=berlin.id)
    return [
        lambda: live_in(people[1], berlin, Audience.PUBLIC),
        lambda: live_in(people[1], berlin, Audience.SAME_YEAR),
        lambda: change_profile(people[0], class_year=2015),
        lambda: live_in(people[2], kazan, Audience.ME),
        lambda: change(app, make_account(), verified_at=None),
        lambda: change(app, people[4], role="alumni"),
        lambda: change(app, people[5], role="alumni"),
        lambda: update(event, cancelled_at=now()),
        lambda: live_in(make_account(), kazan),
    ]


def test_every_change_counts_for_everybody_on_the_next_request(
    committed: PortalFlask, forgetful: PortalFlask, people: list[Account], kazan: City, berlin: City
) -> None:
    readers = [(Reader(committed, person), Reader(forgetful, person)) for person in people]
    for step in [lambda: None, *steps(committed, people, kazan, berlin)]:
        step()
        for number, (remembering, forgetting) in enumerate(readers):
            assert remembering.everything() == forgetting.everything(), number


def test_callers_of_one_kind_and_year_share_an_answer(committed: PortalFlask, people: list[Account]) -> None:
    first, second = (Api(committed).sign_in(make_account()) for _ in "ab")
    answer = first.get(JSON)
    with counting(committed) as ran:
        assert second.get(JSON) == answer
    assert len(ran) == 2, "who it is, and whether they hide their city"


def test_whoever_hides_their_city_alone_counts_in_it(
    committed: PortalFlask, people: list[Account], berlin: City
) -> None:
    shy, other = (Api(committed).sign_in(person) for person in (people[1], make_account()))
    for _time in range(2):
        counts = [
            sum(place["count"] for place in api.get(JSON)["locations"] if place["city"] == berlin.name)
            for api in (other, shy)
        ]
        assert counts == [2, 3]


def test_a_ban_that_ends_counts_within_seconds(
    committed: PortalFlask, people: list[Account], kazan: City, clock: Clock
) -> None:
    live_in(make_account(banned=True, banned_until=now() + timedelta(minutes=1)), kazan, Audience.PUBLIC)
    api = Api(committed).sign_in(people[4])
    assert [place["city"] for place in api.get(JSON)["locations"]] == ["Berlin"]
    clock.move(minutes=1)
    assert [place["city"] for place in api.get(JSON)["locations"]] == ["Kazan", "Berlin"]
