"""The room's fixtures."""

from __future__ import annotations

import pytest

from portal.application import PortalFlask
from portal.profiles.models import City
from tests.factories import make_city


@pytest.fixture
def innopolis(app: PortalFlask) -> City:
    return make_city("Innopolis", "Russia")


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", "Russia")
