"""Fixtures of the event tests: two cities, a signed-in page, and services called as a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.actor import Actor, Channel
from portal.core.db.unit_of_work import unit_of_work
from portal.permissions.catalogue import Permission
from tests.factories import make_city
from tests.support.clients import Page

Act = Callable[..., Any]


@pytest.fixture
def innopolis(app: PortalFlask) -> City:
    return make_city("Innopolis", "Russia")


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", "Russia", name_ru="Казань", search="||kazan|казань|")


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


@pytest.fixture
def act(app: PortalFlask) -> Act:
    """``act(alina, services.join, event.id)``: a use case in a transaction of its own, as a member."""

    def do(account: Account, use_case: Callable[..., Any], *values: Any, **named: Any) -> Any:
        with app.app_context(), unit_of_work():
            return use_case(actor_of(account), *values, **named)

    return do


@pytest.fixture
def decide(app: PortalFlask) -> Act:
    """``decide(mona, services.approve, event.id)``: a use case in a transaction of its own, as the office."""

    def do(account: Account, use_case: Callable[..., Any], *values: Any, **named: Any) -> Any:
        with app.app_context(), unit_of_work():
            return use_case(actor_of(account, Permission.EVENTS_MODERATE), *values, **named)

    return do


def actor_of(account: Account, *permissions: str) -> Actor:
    return Actor(
        channel=Channel.COMMAND,
        account_id=account.id,
        role=account.role,
        first_name=account.first_name,
        last_name=account.last_name,
        permissions=frozenset(permissions),
    )
