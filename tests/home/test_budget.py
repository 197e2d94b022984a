"""The most statements that the home page may execute, however many people and events there are."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from tests.factories import change_profile, live_in, make_event
from tests.support.clients import Page
from tests.support.residents import Settle
from tests.support.statements import counting

pytestmark = pytest.mark.slow

BUDGET, BUDGET_OF_NEWCOMERS = 10, 10


@pytest.mark.parametrize(("is_new", "budget"), [(False, BUDGET), (True, BUDGET_OF_NEWCOMERS)])
def test_number_of_statements_does_not_grow(
    app: PortalFlask, mine: Page, alina: Account, settle: Settle, kazan: City, berlin: City, is_new: bool, budget: int
) -> None:
    change_profile(alina, hides_first_steps=not is_new)
    if not is_new:
        live_in(alina, kazan)
    for organiser, city in zip(settle(6, kazan) + settle(6, berlin), (kazan, berlin) * 6, strict=True):
        make_event(organiser, city_id=city.id)
    make_event(alina, city_id=kazan.id)
    with counting(app) as ran:
        mine.get("/home")
    assert 0 < len(ran) <= budget, ran
