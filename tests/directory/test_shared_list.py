"""The remembered list of people says to everybody, after every change, what a process that remembers nothing says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience
from tests.accounts.people import change
from tests.factories import change_profile, live_in, make_account, make_follow
from tests.support.clients import Api
from tests.support.statements import counting

pytestmark = pytest.mark.needs_feature("follows")

ALL = "/api/v1/profile/all"
LISTS = (ALL, f"{ALL}?limit=2", f"{ALL}?search=anna", f"{ALL}?search=hanna", f"{ALL}?location=Russia, Kazan")
READERS = ("en", "ru")


@pytest.fixture
def people(committed: PortalFlask) -> list[Account]:
    """Return alumni of two class years and a friend, one of whom follows some of the others."""
    found = [
        make_account(first_name="Anna", role="alumni", profile={"class_year": 2010}),
        make_account(first_name="Anja", role="alumni", profile={"class_year": 2010}),
        make_account(first_name="Hanna", role="alumni", profile={"class_year": 2015}),
        make_account(first_name="Anna", role="alumni_friend"),
    ]
    make_follow(found[0], found[2])
    make_follow(found[0], found[3])
    return found


def differences(remembering: list[Api], forgetting: list[Api]) -> list[str]:
    """Return the lists that are not the same in both processes; each is asked for twice."""
    return [
        f"{path} ({language})"
        for path in LISTS
        for language in READERS
        for one, other in zip(remembering, forgetting, strict=True)
        for _time in range(2)
        if one.get(path, headers={"Accept-Language": language})
        != other.get(path, headers={"Accept-Language": language})
    ]


def answer(api: Api, path: str, language: str) -> object:
    return api.get(path, headers={"Accept-Language": language})


def steps(app: PortalFlask, people: list[Account], city: City) -> list[Callable[[], object]]:
    rng = random.Random(5)

    def narrow() -> None:
        chosen = {field.key: rng.choice(list(Audience)).value for field in AUDIENCE_FIELDS.values()}
        change_profile(rng.choice(people), **chosen)

    return [
        narrow,
        lambda: live_in(people[1], city, Audience.SAME_YEAR),
        lambda: live_in(people[2], city, Audience.ALUMNI),
        narrow,
        lambda: change(app, people[1], first_name="Joanna"),
        lambda: make_follow(people[3], people[1]),
        lambda: change(app, people[2], banned_at=now(), banned_until=now() + timedelta(days=1)),
        lambda: change(app, people[2], banned_at=None, banned_until=None),
        lambda: change_profile(people[0], class_year=2015, biography="I moved."),
        narrow,
        lambda: change(app, people[3], role="alumni"),
        narrow,
    ]


def test_every_change_counts_for_everybody_on_the_next_request(
    committed: PortalFlask, forgetful: PortalFlask, people: list[Account], adam: Account, kazan: City
) -> None:
    everybody = [people[0], people[1], people[3], make_account(role="alumni", profile={"class_year": 2010}), adam]
    remembering = [Api(committed).sign_in(person) for person in everybody]
    forgetting = [Api(forgetful).sign_in(person) for person in everybody]
    assert differences(remembering, forgetting) == []
    for step in steps(committed, people, kazan):
        step()
        assert differences(remembering, forgetting) == []


def test_callers_of_one_kind_share_a_page_and_see_whom_they_follow_themselves(
    committed: PortalFlask, people: list[Account]
) -> None:
    first, second = (make_account(role="alumni", profile={"class_year": 2000}) for _ in "ab")
    make_follow(second, people[1])
    Api(committed).sign_in(first).get(f"{ALL}?limit=4")
    api = Api(committed).sign_in(second)
    with counting(committed) as ran:
        page = api.get(f"{ALL}?limit=4")
    assert len(ran) == 2
    assert [person["id"] for person in page["items"] if person["is_following"]] == [str(people[1].id)]


def test_whoever_hides_a_field_from_all_still_sees_it(committed: PortalFlask, people: list[Account]) -> None:
    change_profile(people[1], biography="Mine", biography_audience="me")
    for _time in range(2):
        seen = [
            {person["id"]: person["biography"] for person in Api(committed).sign_in(reader).get(ALL)["items"]}
            for reader in (people[0], people[1])
        ]
        assert [one[str(people[1].id)] for one in seen] == [None, "Mine"]


def test_whoever_hides_their_city_from_all_is_in_their_own_list_of_it(
    committed: PortalFlask, people: list[Account], kazan: City
) -> None:
    live_in(people[1], kazan, Audience.ME)
    live_in(people[2], kazan, Audience.ALUMNI)
    path = f"{ALL}?location={kazan.country},%20{kazan.name}"
    for _time in range(2):
        seen = [
            [person["id"] for person in Api(committed).sign_in(reader).get(path)["items"]]
            for reader in (people[0], people[1])
        ]
        assert seen == [[str(people[2].id)], [str(people[1].id), str(people[2].id)]]
