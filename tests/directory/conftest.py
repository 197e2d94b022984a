"""Fixtures of the directory tests: a signed-in page, two cities and the people in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account, Role
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from tests.factories import live_in, make_account, make_city, save
from tests.support.clients import Page


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", search="||kazan|")


@pytest.fixture
def berlin(app: PortalFlask) -> City:
    return make_city("Berlin", "Germany", country_code="DE", lat=52.52, lng=13.4)


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


@pytest.fixture
def people(mine: Page, kazan: City, berlin: City) -> dict[str, Account]:
    """Four graduates and an alumni friend, beside the viewer."""

    def make(first: str, last: str, year: int | None, city: City | None, days: int, **values: Any) -> Account:
        person = make_account(first_name=first, last_name=last, profile={"graduation_year": year}, **values)
        if city:
            live_in(person, city)
        person.verified_at = now() - timedelta(days=days)
        return save(person)

    return {
        "ivan": make("Иван", "Петров", 2015, kazan, 4),
        "julia": make("Юлия", "Щербакова", 2018, berlin, 3),
        "peter": make("Peter", "Müller", 2020, berlin, 2),
        "oleg": make("Oleg", "Åberg", 2015, None, 1),
        "frida": make("Frida", "Zorn", None, kazan, 5, role=Role.ALUMNI_FRIEND),
    }
