"""How often a page may ask the database, however many people and events there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from portal.accounts.models import Account
from portal.profiles.models import City
from tests.factories import live_in, make_event
from tests.home.conftest import Settle
from tests.support.clients import Page

BUDGET = {"/home": 10, "/map": 4, "/map/data.json": 4, "/map/public.json": 4, "/map/labels.json?z=0&x=0&y=0": 2}
CITY_BUDGET = 6


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The statements that reach the database while the test runs."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def lively(alina: Account, settle: Settle, kazan: City, berlin: City) -> City:
    """A portal in which every part of a page has something to show."""
    live_in(alina, kazan)
    people = settle(6, kazan) + settle(6, berlin)
    for organiser, city in zip(people[::2], (kazan, berlin) * 3, strict=True):
        make_event(organiser, city_id=city.id)
    make_event(alina, city_id=kazan.id)
    return kazan


@pytest.mark.parametrize(("path", "most"), BUDGET.items())
def test_pages_ask_no_more_than_they_may(lively: City, mine: Page, asked: list[str], path: str, most: int) -> None:
    asked.clear()
    mine.get(path)
    assert 0 < len(asked) <= most, "\n".join(asked)


def test_a_city_asks_no_more_than_it_may(lively: City, mine: Page, asked: list[str]) -> None:
    asked.clear()
    mine.get(f"/map/cities/{lively.id}")
    assert 0 < len(asked) <= CITY_BUDGET, "\n".join(asked)
