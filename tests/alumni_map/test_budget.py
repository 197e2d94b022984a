"""The most statements that pages may execute, however many people and events there are."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from tests.factories import live_in, make_event
from tests.support.clients import Page
from tests.support.residents import Settle
from tests.support.statements import counting

pytestmark = pytest.mark.slow

FILTER = "q=Tst&from=2000&near=300&country=RU"
BUDGET = {
    "/map": 4,
    f"/map?{FILTER}": 4,
    "/map/data.json": 3,
    f"/map/data.json?{FILTER}": 4,
    "/map/public.json": 4,
    "/map/labels.json?z=0&x=0&y=0": 2,
}
CITY_BUDGET = 4


@pytest.fixture
def lively(alina: Account, settle: Settle, kazan: City, berlin: City) -> City:
    """Create what every part of the pages has to show."""
    live_in(alina, kazan)
    people = settle(6, kazan) + settle(6, berlin)
    for organiser, city in zip(people[::2], (kazan, berlin) * 3, strict=True):
        make_event(organiser, city_id=city.id)
    make_event(alina, city_id=kazan.id)
    return kazan


@pytest.mark.parametrize(("path", "most"), BUDGET.items())
def test_pages_keep_their_query_budget(app: PortalFlask, lively: City, mine: Page, path: str, most: int) -> None:
    mine.get(path)  # the first visitor of a day publishes the public map
    with counting(app) as ran:
        mine.get(path)
    assert 0 < len(ran) <= most, ran


@pytest.mark.parametrize("query", ["", f"?{FILTER}"])
def test_city_keeps_its_query_budget(app: PortalFlask, lively: City, mine: Page, query: str) -> None:
    with counting(app) as ran:
        mine.get(f"/map/cities/{lively.id}{query}")
    assert 0 < len(ran) <= CITY_BUDGET, ran
