"""The search of people as JSON finds what the page finds."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from tests.directory.lists import IVAN, found, names_for
from tests.factories import make_account
from tests.support.clients import Api, Page


def test_json_finds_the_people_of_the_page_in_the_order_of_the_page(
    api: Api, mine: Page, people: dict[str, Account], alina: Account
) -> None:
    api.sign_in(alina)
    for text in ("Ivan", "Иван Петров", "petrof", "Mueller", "Щербкова", "o", "nobody"):
        assert found(api, text) == names_for(mine, f"q={text}"), text
    assert found(api, " ") == found(api, "")
    assert found(api, "Ivan", location="Germany, Berlin") == []
    assert found(api, "Ivan", location="Russia, Kazan") == [IVAN]


def test_pages_of_a_search_in_json_have_no_gaps_or_repeats(api: Api, alina: Account) -> None:
    everybody = {
        str(make_account(first_name=first, last_name="Alike").id) for first in ("Al", "Alan", "Mo", "Al", "Li")
    }
    api.sign_in(alina)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/api/v1/profile/all?search=al&limit=2&cursor={cursor}")
        make_account(first_name="Al", last_name="Aaron")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert everybody <= set(seen)


@pytest.mark.parametrize("query", ["search=a&cursor=forged", "search=a&limit=0"])
def test_unusable_query_argument_of_json_is_refused(api: Api, alina: Account, query: str) -> None:
    api.sign_in(alina).get(f"/api/v1/profile/all?{query}", status=422)
