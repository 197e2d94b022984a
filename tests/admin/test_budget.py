"""The largest number of SQL statements of each page of the office, whatever the length of its queues."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.factories import make_account, make_event
from tests.support.clients import Api, Page
from tests.support.statements import counting

pytestmark = pytest.mark.slow


@pytest.fixture
def busy() -> None:
    """Create long queues."""
    for _number in range(6):
        make_account(verified=False)
        make_event(make_account(), approval="pending")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/admin", 13),
        ("/admin/verification", 10),
        ("/admin/events", 8),
        ("/admin/allow-list", 6),
        ("/admin/settings", 6),
        ("/admin/outbox", 7),
    ],
)
def test_pages_stay_within_their_budget(
    app: PortalFlask, page: Page, adam: Account, busy: None, path: str, most: int
) -> None:
    page.sign_in(adam)
    with counting(app) as ran:
        page.get(path)
    assert 0 < len(ran) <= most, ran


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/admin/users", 4),
        ("/api/v1/admin/banned", 4),
        ("/api/v1/admin/events", 5),
        ("/api/v1/admin/settings/events", 3),
        ("/api/v1/cities/search?q=kaz", 3),
        ("/api/v1/cities/search?q=kazna", 5),
        ("/api/v1/cities/coordinates?city=Kazan&country=Russia", 4),
    ],
)
def test_answers_stay_within_their_budget(
    app: PortalFlask, api: Api, adam: Account, busy: None, path: str, most: int
) -> None:
    api.sign_in(adam)
    with counting(app) as ran:
        api.client.get(path, headers=api.headers)
    assert 0 < len(ran) <= most, ran
