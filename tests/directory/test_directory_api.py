"""The directory as JSON, as the existing clients use it."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Api

ALL = "/api/v1/profile/all"
FIELDS = {
    "id",
    "first_name",
    "last_name",
    "graduation_year",
    "role",
    "location",
    "biography",
    "show_location",
    "telegram_alias",
    "is_telegram_verified",
    "is_following",
}


@pytest.fixture
def mine(api: Api, alina: Account) -> Api:
    return api.sign_in(alina)


def test_list_of_a_city_has_the_fields_of_the_legacy_contract(mine: Api, bob: Account) -> None:
    live_in(bob, make_city("Kazan"), Audience.ALUMNI)
    page = mine.get(f"{ALL}?location=Russia,%20Kazan&limit=50")
    assert (page["next_cursor"], page["has_more"]) == (None, False)
    assert [set(item) for item in page["items"]] == [FIELDS]


def test_unknown_city_has_no_people(mine: Api) -> None:
    empty: dict[str, Any] = {"items": [], "next_cursor": None, "has_more": False}
    assert mine.get(f"{ALL}?location=Nowhere,%20Land") == empty


def test_pages_of_the_list_have_no_gaps_or_repeats(mine: Api, alina: Account) -> None:
    everybody = {str(make_account().id) for _ in range(5)} | {str(alina.id)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = mine.get(f"{ALL}?limit=2&cursor={cursor}")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert everybody <= set(seen)


@pytest.mark.parametrize("query", ["cursor=forged", "limit=0", "limit=101", "limit=many"])
def test_bad_cursor_or_limit_is_refused(mine: Api, query: str) -> None:
    mine.get(f"{ALL}?{query}", status=422)


def test_visitors_cannot_list_people(api: Api) -> None:
    api.get(ALL, status=401)
