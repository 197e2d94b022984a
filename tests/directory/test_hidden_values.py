"""The directory never reveals a value that the viewer may not see, by listing, finding or ordering people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience
from tests.directory.lists import ALINA, IVAN, found, names, names_for
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Api, Page


def test_inactive_accounts_are_not_listed(mine: Page, nina: Account, boris: Account, adam: Account) -> None:
    assert names(mine.get("/people")) == [ALINA]
    assert names_for(mine, "q=Demo") == [ALINA]


def test_names_of_unlisted_people_do_not_change_a_search(mine: Page, people: dict[str, Account]) -> None:
    before = names_for(mine, "q=Ptrov")
    make_account(first_name="Ivan", last_name="Ptrov", verified=False)
    assert names_for(mine, "q=Ptrov") == before == [IVAN]


Request = Callable[[City], str]


REQUESTS: dict[str, Request] = {
    "by its number": lambda city: f"/people?city={city.id}",
    "by its country": lambda city: f"/people?country={city.country_code}",
    "by its name": lambda city: f"/people?q={city.name}",
    "by distance": lambda city: "/people?near=25",
    "nearest": lambda city: "/people?sort=nearest",
}


def response_without_echo(mine: Page, path: str, city: City) -> str:
    """Return the response without what merely repeats the request."""
    fragment = mine.get(path, headers={"HX-Request": "true"}).response.text
    echoed = re.sub(rf"\b({city.id}|{city.name}|{city.country_code}|{city.country})\b", "…", fragment)
    return re.sub("Iceland|Jamaica", "…", echoed)


@pytest.mark.parametrize("request_kind", REQUESTS)
def test_hidden_city_equals_a_city_without_people(mine: Page, alina: Account, request_kind: str) -> None:
    dwelt = make_city("Quietburg", "Iceland", country_code="IS")
    empty = make_city("Quietdorf", "Jamaica", country_code="JM")
    ada = make_account(first_name="Ada", last_name="Hidden")
    answers = []
    for city in (dwelt, empty):
        live_in(alina, city, Audience.ME)
        live_in(ada, dwelt, Audience.ME)
        answers.append(response_without_echo(mine, REQUESTS[request_kind](city), city))
    assert answers[0] == answers[1]
    live_in(alina, dwelt, Audience.ME)
    live_in(ada, dwelt, Audience.MEMBERS)
    if request_kind != "by its name":
        assert response_without_echo(mine, REQUESTS[request_kind](dwelt), dwelt) != answers[0], (
            "the test would not see a leak"
        )


HIDDEN = {
    "year": ("1987", "1988", ("from={value}&to={value}", "q={value}")),
    "telegram": ("zanzibar_ada", "timbuktu_ada", ("q={value}",)),
    "work": ("Beekeeper", "Locksmith", ("q={value}",)),
    "biography": ("Mandolin", "Xylophon", ("q={value}",)),
    "email": ("hidden.ada@demo.example", "random.ada@demo.example", ("q={value}", "q=hidden.ada")),
}


COLUMNS = {"year": "graduation_year", "telegram": "telegram_alias", "work": "work", "biography": "biography"}


@pytest.mark.parametrize("field", HIDDEN)
def test_hidden_value_is_answered_like_a_random_one(
    mine: Page, api: Api, alina: Account, people: dict[str, Account], field: str
) -> None:
    """Responses are equal byte for byte except for the echo, also in the order of other people."""
    hidden, random, questions = HIDDEN[field]
    profile: dict[str, Any] = {AUDIENCE_FIELDS[field].key: Audience.ME}
    if field in COLUMNS:
        profile[COLUMNS[field]] = int(hidden) if field == "year" else hidden
    make_account(HIDDEN["email"][0], first_name="Zoe", last_name="Quiet", profile=profile)
    for question in questions:
        answers = []
        for value in (hidden, random):
            asked_for = question.format(value=quote(value)).replace("hidden.ada", value.partition("@")[0])
            fragment = mine.get(f"/people?{asked_for}", headers={"HX-Request": "true"}).response.text
            answers.append(
                fragment.replace(quote(value), "…").replace(value, "…").replace(value.partition("@")[0], "…")
            )
        assert answers[0] == answers[1], question
        assert "Zoe Quiet" not in answers[0]
    if field != "year":
        api.sign_in(alina)
        assert found(api, hidden) == found(api, random)


def test_visible_year_is_found(mine: Page) -> None:
    profile = {"graduation_year": 1987, "year_audience": Audience.ALUMNI}
    make_account(first_name="Ada", last_name="Open", profile=profile)
    assert names_for(mine, "from=1987&to=1987") == ["Ada Open"]


def test_hidden_city_is_not_listed_in_json(api: Api, alina: Account, kazan: City) -> None:
    live_in(make_account(), kazan, Audience.ME)
    empty: dict[str, Any] = {"items": [], "next_cursor": None, "has_more": False}
    assert api.sign_in(alina).get("/api/v1/profile/all?location=Russia,%20Kazan") == empty
