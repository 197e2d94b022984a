"""Language, theme and time zone, over the API."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import EMAIL, signed_in


def test_account_shows_all_settings_in_one_call(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    settings = {"locale": "ru", "theme": "dark", "time_zone": "Europe/Moscow"}
    answer = api.put("/api/v1/account/settings", json=settings)
    assert {name: answer[name] for name in settings} == settings
    answer = api.put("/api/v1/account/settings", json={"theme": None})
    assert (answer["theme"], answer["locale"]) == (None, "ru")
    assert answer["email"] == EMAIL
    assert answer["has_password"]


@pytest.mark.parametrize(
    "body", [{"time_zone": "Mars/Base"}, {"locale": "tlh"}, {"theme": 1}, {"time_zone": "x" * 61}, {"theme": "blue"}]
)
def test_unknown_settings_are_refused(app: PortalFlask, person: Account, body: dict[str, Any]) -> None:
    signed_in(app).put("/api/v1/account/settings", json=body, status=422)
