"""The most statements that the home page may execute, however many people and events there are."""

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

BUDGET = 9


def test_home_executes_at_most_nine_statements(
    app: PortalFlask, mine: Page, alina: Account, settle: Settle, kazan: City, berlin: City
) -> None:
    live_in(alina, kazan)
    for organiser, city in zip(settle(6, kazan) + settle(6, berlin), (kazan, berlin) * 6, strict=True):
        make_event(organiser, city_id=city.id)
    make_event(alina, city_id=kazan.id)
    with counting(app) as ran:
        mine.get("/home")
    assert 0 < len(ran) <= BUDGET, ran
