"""Responses that must not show by their duration whether an email has an account."""

from __future__ import annotations

import pytest

from portal.application import PortalFlask
from portal.web.http import even_duration
from portal.web.http.even_duration import STEP, rest_of_step
from tests.accounts.people import make_person
from tests.accounts.throttling import from_network
from tests.support.clients import Api, Page
from tests.support.statements import counting

EMAILS = ("person@demo.example", "nobody@demo.example", "banned@demo.example")
JSON = ("login/otp/request", "login/telegram/request", "password-reset/request", "resend-verification")
PAGES = ("/login/code", "/login/telegram", "/password/forgot", "/verify/resend")


@pytest.mark.parametrize("spent", [0, 0.0001, 0.0249, 0.025, 0.0251, 0.1, 3.99])
def test_a_response_ends_on_a_step(spent: float) -> None:
    rest = rest_of_step(spent)
    assert 0 < rest <= STEP
    steps = (spent + rest) / STEP
    assert abs(steps - round(steps)) < 1e-6


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(even_duration, "sleep", waited.append)
    return waited


@pytest.mark.parametrize("path", JSON)
@pytest.mark.parametrize("email", EMAILS)
def test_json_requests_for_codes_and_links_end_on_a_step(
    app: PortalFlask, api: Api, waits: list[float], path: str, email: str
) -> None:
    make_person(app)
    make_person(app, "banned@demo.example", banned=True)
    api.post(f"/api/v1/auth/{path}", json={"email": email})
    assert len(waits) == 1


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("email", EMAILS)
def test_pages_that_send_codes_and_links_end_on_a_step(
    app: PortalFlask, page: Page, waits: list[float], path: str, email: str
) -> None:
    make_person(app)
    make_person(app, "banned@demo.example", banned=True)
    page.post(path, {"email": email})
    assert len(waits) == 1


@pytest.mark.parametrize("path", JSON)
@pytest.mark.parametrize("is_repeated", [False, True])
def test_known_and_unknown_emails_execute_the_same_statements(
    app: PortalFlask, api: Api, path: str, is_repeated: bool
) -> None:
    make_person(app)
    numbers = []
    for network, email in enumerate(EMAILS[:2]):
        options = {"json": {"email": email}, **from_network(network)}
        if is_repeated and "resend" not in path:
            api.post(f"/api/v1/auth/{path}", **options)
        with counting(app) as statements:
            api.post(f"/api/v1/auth/{path}", **options)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
