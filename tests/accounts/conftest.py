"""The person whose account the tests work on."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import make_person


@pytest.fixture
def person(app: PortalFlask) -> Account:
    return make_person(app)
