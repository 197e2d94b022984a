"""The browser of an administrator of the alumni office."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from tests.support.clients import Page


@pytest.fixture
def office(page: Page, adam: Account) -> Page:
    return page.sign_in(adam)
