"""Changing the password, and setting the first one."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.password_reset import NEW_PASSWORD, reset_password, reset_token
from tests.accounts.people import EMAIL, PASSWORD, change, is_accepted, login, signed_in
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.support.clients import Api, Page


def change_password(api: Api, current: str = PASSWORD, new: str = NEW_PASSWORD, status: int = 200) -> Any:
    return api.post("/api/v1/account/password", json={"current_password": current, "new_password": new}, status=status)


def test_password_change_ends_every_older_token(app: PortalFlask, page: Page, person: Account) -> None:
    here, there = signed_in(app), signed_in(app)
    page.sign_in(person)
    fresh = change_password(here)["access_token"]
    here.get("/api/v1/account", status=401)
    there.get("/api/v1/account", status=401)
    page.get("/home", status=303)
    assert is_accepted(here, fresh)
    login(Api(app), status=401)
    login(Api(app), NEW_PASSWORD)
    assert sent_messages(app, EMAIL)[-1][0] == "accounts.password_changed"


def test_password_change_ends_links_and_codes(app: PortalFlask, api: Api, person: Account) -> None:
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    reset = reset_token(app, api)
    change_password(signed_in(app))
    api.post("/api/v1/auth/login/otp/verify", json={"session_token": token, "code": code}, status=401)
    reset_password(api, reset, status=400)


def test_password_change_with_a_wrong_current_password_is_refused_and_limited(
    app: PortalFlask, person: Account
) -> None:
    api = signed_in(app)
    for _time in range(11):
        assert change_password(api, "wrong password", status=400)["errors"][0]["field"] == "current_password"
    change_password(api, status=429)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("q9!zw", "invalid"),
        ("x" * 129, "invalid"),
        ("password1", "weak_password"),
        ("person demo", "weak_password"),
        (PASSWORD, "same_password"),
    ],
)
def test_password_that_the_policy_refuses_is_refused(app: PortalFlask, person: Account, new: str, code: str) -> None:
    answer = change_password(signed_in(app), new=new, status=422)
    assert (answer["code"], answer["errors"][0]["field"]) == (code, "new_password")
    assert new not in answer["detail"]


def test_password_can_be_set_after_reauthentication_where_there_is_none(
    app: PortalFlask, api: Api, person: Account, clock: Any
) -> None:
    api.sign_in(person)
    change(app, person, password_hash=None)
    clock.move(minutes=11)
    assert change_password(api, "", status=403)["code"] == "prove_again"
    api.post("/api/v1/account/proof/code")
    api.post("/api/v1/account/proof", json={"code": payload_of(app, EMAIL, "accounts.code")["code"]})
    change_password(api, "")
    login(api, NEW_PASSWORD)
