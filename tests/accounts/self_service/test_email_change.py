"""Changing the email, and undoing the change."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from tests.accounts.password_reset import NEW_PASSWORD, reset_password
from tests.accounts.people import EMAIL, REGISTRATION, login, signed_in
from tests.accounts.sent_messages import message_states, payload_of
from tests.support.clients import Api

NEW_EMAIL = "new@demo.example"


def new_code(app: PortalFlask, api: Api, email: str = NEW_EMAIL) -> str:
    api.post("/api/v1/account/email", json={"email": email})
    return str(payload_of(app, email, "accounts.change_address")["code"])


def undo_token(app: PortalFlask, old: str = EMAIL) -> str:
    return str(payload_of(app, old, "accounts.address_changed")["url"]).partition("token=")[2]


def undo(api: Api, token: str, status: int = 200) -> Any:
    return api.post("/api/v1/auth/email/undo", json={"token": token}, status=status)


def confirm_change(api: Api, code: str, status: int = 200) -> Any:
    return api.post("/api/v1/account/email/confirm", json={"code": code}, status=status)


def test_email_changes_once_the_new_one_is_confirmed(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    code = new_code(app, api, "New@Demo.example".lower())
    assert api.get("/api/v1/account")["awaited_email"] == NEW_EMAIL
    login(Api(app))
    confirm_change(api, f"{(int(code) + 1) % 10**6:06d}", status=400)
    assert confirm_change(api, code)["email"] == NEW_EMAIL
    login(Api(app), email=NEW_EMAIL)
    login(Api(app), status=401)
    assert payload_of(app, EMAIL, "accounts.address_changed")["email"] == NEW_EMAIL


def test_undo_link_gives_the_account_its_old_email_back(app: PortalFlask, api: Api, person: Account) -> None:
    thief = signed_in(app)
    confirm_change(thief, new_code(app, thief))
    token = undo_token(app)
    undo(api, token)
    thief.get("/api/v1/account", status=401)
    login(api, status=401)
    login(api, email=NEW_EMAIL, status=401)
    reset = str(payload_of(app, EMAIL, "accounts.reset_password")["url"]).partition("token=")[2]
    reset_password(api, reset)
    login(api, NEW_PASSWORD)
    undo(api, token, status=400)


def test_undo_ends_all_later_changes(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    thief = signed_in(app)
    confirm_change(thief, new_code(app, thief))
    clock.move(seconds=61)
    confirm_change(thief, new_code(app, thief, "third@demo.example"))
    undo(api, undo_token(app))
    undo(api, undo_token(app, NEW_EMAIL), status=400)
    with app.app_context():
        assert db.session.get_one(Account, person.id).email == EMAIL


def test_email_is_reserved_while_its_change_can_be_undone(
    app: PortalFlask, api: Api, person: Account, alina: Account, clock: Any
) -> None:
    mine = signed_in(app)
    confirm_change(mine, new_code(app, mine))
    friend = {**REGISTRATION, "email": EMAIL, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    api.post("/api/v1/auth/register", json=friend, status=400)
    clock.move(seconds=61)
    hers = Api(app).sign_in(alina)
    assert confirm_change(hers, new_code(app, hers, EMAIL), status=400)["code"] == "email_taken"
    clock.move(days=7, seconds=1)
    api.post("/api/v1/auth/register", json=friend, status=201)


def test_email_of_another_account_is_disclosed_to_its_owner_only(
    app: PortalFlask, person: Account, alina: Account, boris: Account
) -> None:
    api = signed_in(app)
    code = new_code(app, api, alina.email)
    assert confirm_change(api, code, status=400)["code"] == "email_taken"


def test_email_code_for_an_earlier_request_does_not_work(app: PortalFlask, person: Account, clock: Any) -> None:
    api = signed_in(app)
    old = new_code(app, api)
    clock.move(seconds=61)
    code = new_code(app, api, "third@demo.example")
    assert message_states(app, NEW_EMAIL)[-1] == ("accounts.change_address", "withdrawn")
    if old != code:
        confirm_change(api, old, status=400)
    assert confirm_change(api, code)["email"] == "third@demo.example"


def test_email_change_needs_recent_reauthentication(app: PortalFlask, person: Account, clock: Any) -> None:
    api = signed_in(app)
    clock.move(minutes=11)
    body = {"email": NEW_EMAIL}
    assert api.post("/api/v1/account/email", json=body, status=403)["code"] == "prove_again"


@pytest.mark.parametrize("email", ["nonsense", "a@b", EMAIL, "x" * 300 + "@demo.example", "a\x00b@demo.example", 5])
def test_email_that_cannot_be_used_is_refused(app: PortalFlask, person: Account, email: Any) -> None:
    signed_in(app).post("/api/v1/account/email", json={"email": email}, status=422)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 30, "x" * 300])
def test_undo_with_a_forged_token_is_refused(api: Api, token: str) -> None:
    response = api.client.post("/api/v1/auth/email/undo", json={"token": token})
    assert response.status_code in {400, 422}


def test_undo_by_the_owner_wins_over_later_changes_by_a_thief(
    app: PortalFlask, api: Api, person: Account, clock: Any
) -> None:
    thief = signed_in(app)
    confirm_change(thief, new_code(app, thief))
    clock.move(seconds=61)
    confirm_change(thief, new_code(app, thief, "third@demo.example"))
    undo(api, undo_token(app, NEW_EMAIL))
    undo(api, undo_token(app))
    with app.app_context():
        assert db.session.get_one(Account, person.id).email == EMAIL


def test_email_that_is_reserved_creates_no_administrator(app: PortalFlask, person: Account, adam: Account) -> None:
    mine = signed_in(app)
    confirm_change(mine, new_code(app, mine))
    body = {"email": EMAIL, "password": NEW_PASSWORD}
    Api(app).sign_in(adam).post("/api/v1/auth/add-admin", json=body, status=400)
