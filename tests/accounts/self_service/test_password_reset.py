"""Resetting a forgotten password by an emailed link."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from tests.accounts.password_reset import NEW_PASSWORD, reset_password, reset_token
from tests.accounts.people import EMAIL, add_authenticator, change, login, signed_in
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.factories import make_account
from tests.support.clients import Api


def test_reset_link_sets_a_password_once_and_ends_every_session(app: PortalFlask, api: Api, person: Account) -> None:
    before = signed_in(app)
    token = reset_token(app, api)
    assert reset_password(api, token)["message"] == "Password updated successfully"
    assert "link" in reset_password(api, token, status=400)["detail"]
    before.get("/api/v1/account", status=401)
    login(api, status=401)
    login(api, NEW_PASSWORD)
    assert sent_messages(app, EMAIL)[-1][0] == "accounts.password_changed"


def test_reset_request_gets_the_same_answer_for_every_email(
    app: PortalFlask, api: Api, person: Account, nina: Account
) -> None:
    boris = make_account("boris@demo.example", banned=True)
    answers = [
        api.post("/api/v1/auth/password-reset/request", json={"email": email})
        for email in (EMAIL, EMAIL, "nobody@demo.example", nina.email, boris.email)
    ]
    assert len({str(answer) for answer in answers}) == 1
    assert [kind for kind, _payload in sent_messages(app, EMAIL)] == ["accounts.reset_password"]
    assert sent_messages(app, nina.email) == sent_messages(app, boris.email) == []


def test_reset_works_for_administrators_and_accounts_without_a_password(
    app: PortalFlask, api: Api, adam: Account
) -> None:
    assert adam.password_hash is None
    reset_password(api, reset_token(app, api, adam.email))
    login(api, NEW_PASSWORD, email=adam.email)


def test_reset_link_is_valid_for_half_an_hour_and_only_the_newest(
    app: PortalFlask, api: Api, person: Account, clock: Any
) -> None:
    first = reset_token(app, api)
    clock.move(seconds=61)
    second = reset_token(app, api)
    assert first != second
    reset_password(api, first, status=400)
    clock.move(minutes=30)
    reset_password(api, second, status=400)


def test_reset_with_a_weak_password_leaves_the_link_valid(app: PortalFlask, api: Api, person: Account) -> None:
    token = reset_token(app, api)
    assert reset_password(api, token, "password1", status=422)["errors"][0]["field"] == "new_password"
    reset_password(api, token)


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_reset_link_ends_with_the_account_status(
    app: PortalFlask, api: Api, person: Account, values: dict[str, Any]
) -> None:
    token = reset_token(app, api)
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    reset_password(api, token, status=400)


def test_reset_keeps_the_second_factor(app: PortalFlask, api: Api, person: Account) -> None:
    add_authenticator(app, person)
    reset_password(api, reset_token(app, api))
    assert login(api, NEW_PASSWORD, status=401)["code"] == "otp_required"


def test_reset_link_leads_to_the_mobile_app_if_configured(
    app: PortalFlask, api: Api, person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["PORTAL"], "mini_app_url", "https://app.university.example/")
    token = reset_token(app, api)
    url = payload_of(app, EMAIL, "accounts.reset_password")["url"]
    assert url == f"https://app.university.example/reset-password?token={token}"
