"""The directory ignores or refuses query arguments that make no sense, and never fails."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.core.db.keyset import LIMIT_DEFAULT
from tests.directory.lists import ALINA, names
from tests.factories import make_account
from tests.support.clients import Page


@pytest.mark.parametrize(
    "query",
    [
        "from=abc&to=-1",
        "from=20156&to=٢٠١٥",
        "city=abc",
        "city=99999999999",
        "country=XX1&role=staff",
        "sort=match&near=7",
        "near=100&sort=nearest",
        "country=ZZ",
        "country=EU",
        "q=%20%0a",
        "place=%20",
    ],
)
def test_senseless_query_arguments_are_ignored(mine: Page, people: dict[str, Account], query: str) -> None:
    assert names(mine.get(f"/people?{query}")) == names(mine.get("/people"))


@pytest.mark.parametrize(
    "query", ["q=%E2%80%8B", "q=" + "x" * 5000, "q=" + "я+" * 200, "q=%25%5F%7C", "q=...", "place=" + "ж" * 300]
)
def test_strange_searches_never_fail(mine: Page, query: str) -> None:
    assert names(mine.get(f"/people?{query}")) in ([], [ALINA])


@pytest.mark.parametrize("path", ["/people?q=%00", "/people?place=%01"])
def test_unprintable_text_is_refused(mine: Page, path: str) -> None:
    mine.get(path, status=400)


def test_unknown_city_has_no_people(mine: Page) -> None:
    shown = mine.get("/people?city=2147483647")
    assert (names(shown), shown.texts(".chip span")) == ([], ["Unknown city"])


@pytest.mark.parametrize("cursor", ["forged", "=", "x" * 2000])
def test_forged_cursor_is_refused(mine: Page, cursor: str) -> None:
    mine.get(f"/people?until={cursor}", status=422)
    mine.get(f"/people/more?after={cursor}", status=422)


def test_cursor_of_another_list_is_refused(mine: Page) -> None:
    for _person in range(LIMIT_DEFAULT + 1):
        make_account()
    more = str(mine.get("/people").element(".pager a")["href"])
    mine.get(f"{more}&role=alumni", status=422)
