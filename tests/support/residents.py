"""Fixtures: three cities, a way to fill them with people, and the browser of one member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Page

Settle = Callable[..., list[Account]]


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", lat=55.79, lng=49.12)


@pytest.fixture
def innopolis(app: PortalFlask) -> City:
    return make_city("Innopolis", name_ru="Иннополис", lat=55.75, lng=48.74, population=5_000)


@pytest.fixture
def berlin(app: PortalFlask) -> City:
    return make_city("Berlin", "Germany", name_ru="Берлин", country_code="DE", lat=52.52, lng=13.41)


@pytest.fixture
def settle(app: PortalFlask) -> Settle:
    """Return a function that makes so many people of one city."""

    def make(number: int, city: City, audience: Audience = Audience.MEMBERS, **values: Any) -> list[Account]:
        people = [make_account(**values) for _ in range(number)]
        for person in people:
            live_in(person, city, audience)
        return people

    return make


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    """Return the browser in which Alina is signed in."""
    return page.sign_in(alina)
