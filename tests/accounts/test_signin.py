"""Signing in and out, and what ends a sign-in at once."""

from __future__ import annotations

from typing import Any

import bcrypt
import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.security.passwords import hash_password
from portal.extensions import db
from tests.factories import make_account
from tests.support.clients import Api, Page

PASSWORD = "correct horse battery"


@pytest.fixture
def person(app: PortalFlask) -> Account:
    with app.app_context():
        password_hash = hash_password(PASSWORD)
    return make_account("Person@demo.example".lower(), password_hash=password_hash)


def sign_in(api: Api, password: str = PASSWORD, *, email: str = "person@demo.example", status: int = 200) -> Any:
    return api.post("/api/v1/auth/login", json={"email": email, "password": password}, status=status)


def change(app: PortalFlask, account: Account, **values: Any) -> None:
    with app.app_context():
        row = db.session.get_one(Account, account.id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def test_a_right_password_opens_a_sign_in(api: Api, person: Account) -> None:
    api.headers["Authorization"] = f"Bearer {sign_in(api)['access_token']}"
    assert api.get("/api/v1/profile/me")["id"] == str(person.id)


@pytest.mark.parametrize(("email", "password"), [("person@demo.example", "wrong"), ("nobody@demo.example", PASSWORD)])
def test_wrong_and_unknown_get_the_same_answer(api: Api, person: Account, email: str, password: str) -> None:
    answer = sign_in(api, password, email=email, status=401)
    assert (answer["code"], answer["detail"]) == ("wrong_credentials", "Incorrect email or password")


def test_the_standing_is_only_told_after_a_right_password(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, verified_at=None)
    assert sign_in(api, "wrong", status=401)["detail"] == "Incorrect email or password"
    assert sign_in(api, status=401)["detail"] == "Account not verified"


def test_a_banned_person_is_told_at_the_door(app: PortalFlask, page: Page, api: Api, person: Account) -> None:
    from portal.core.clock import now

    change(app, person, banned_at=now(), ban_reason="Advertising.")
    assert sign_in(api, status=401)["detail"] == "Account is banned"
    shown = page.post("/login", {"email": person.email, "password": PASSWORD}, status=422)
    assert "Advertising." in shown.text


def test_an_old_bcrypt_hash_is_accepted_and_replaced(app: PortalFlask, api: Api, person: Account) -> None:
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    change(app, person, password_hash=old)
    sign_in(api)
    with app.app_context():
        assert str(db.session.get_one(Account, person.id).password_hash).startswith("$argon2id$")
    sign_in(api)


def test_failures_are_limited_and_success_is_not(api: Api, person: Account) -> None:
    for _time in range(15):
        sign_in(api)
    for _time in range(11):
        sign_in(api, "wrong", status=401)
    response = api.request(
        "POST", "/api/v1/auth/login", status=429, json={"email": "PERSON@demo.example", "password": PASSWORD}
    )
    assert int(response.headers["Retry-After"]) > 0


def test_the_limit_passes(api: Api, person: Account, clock: Any) -> None:
    for wait in (30, 60, 120):
        for _time in range(11 if wait == 30 else 1):
            sign_in(api, "wrong", status=401)
        sign_in(api, status=429)
        clock.move(seconds=wait - 1)
        sign_in(api, status=429)
        clock.move(seconds=1)
    sign_in(api)
    sign_in(api, "wrong", status=401)
    sign_in(api)


def test_a_stranger_cannot_keep_the_owner_out(app: PortalFlask, api: Api, person: Account) -> None:
    sign_in(api)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    body = {"email": person.email, "password": "wrong"}
    for status in [401] * 11 + [429]:
        api.post("/api/v1/auth/login", json=body, status=status, environ_overrides=far)
    sign_in(api)


def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(page: Page, person: Account) -> None:
    page.post("/login", {"email": person.email, "password": PASSWORD})
    with page.client.session_transaction() as session:
        stolen = dict(session)
    page.post("/logout")
    with page.client.session_transaction() as session:
        session.update(stolen)
    assert page.get("/settings/profile", status=303).location.startswith("/login?next=")


def test_signing_in_leads_back_to_where_one_was_going(page: Page, person: Account) -> None:
    credentials = {"email": person.email, "password": PASSWORD}
    assert page.post("/login", {**credentials, "next": "/events?city=1"}).location == "/events?city=1"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(page: Page, person: Account, address: str) -> None:
    shown = page.post("/login", {"email": person.email, "password": PASSWORD, "next": address})
    assert "evil" not in shown.location
    assert "javascript" not in shown.location


@pytest.mark.parametrize("values", [{"banned": True}, {"verified_at": None}])
def test_lost_standing_refuses_the_very_next_request(
    app: PortalFlask, page: Page, api: Api, person: Account, values: dict[str, Any]
) -> None:
    from portal.core.clock import now

    page.sign_in(person).get("/settings/profile")
    api.sign_in(person).get("/api/v1/profile/me")
    change(app, person, **({"banned_at": now()} if "banned" in values else values))
    page.get("/settings/profile", status=303)
    api.get("/api/v1/profile/me", status=401)


def test_a_sign_in_ends_when_it_was_not_used_for_a_week(
    committed: PortalFlask, page: Page, person: Account, clock: Any
) -> None:
    page.sign_in(person).get("/settings/profile")
    clock.move(days=6)
    page.get("/settings/profile")
    clock.move(days=6)
    page.get("/settings/profile")
    clock.move(days=7, minutes=1)
    page.get("/settings/profile", status=303)


def test_a_very_long_password_is_refused_quickly(api: Api, person: Account) -> None:
    sign_in(api, "x" * (1024 * 1024), status=413)
    sign_in(api, "x" * 2000, status=422)


def test_another_persons_csrf_token_is_refused(app: PortalFlask, person: Account) -> None:
    mine, theirs = Page(app), Page(app)
    with theirs.client.session_transaction() as session:
        session["csrf_token"] = "another"
    data = {**mine.csrf(), "email": person.email, "password": PASSWORD}
    answer = theirs.request("POST", "/login", status=400, data=data)
    assert "Reload the page" in answer.get_data(as_text=True)


def test_an_address_that_names_a_network_spends_nothing_of_the_owners(api: Api, person: Account) -> None:
    sign_in(api)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    for email in (f"{person.email} 127.0.0.0/24", f"127.0.0.0/24 {person.email}"):
        for _time in range(12):
            api.client.post("/api/v1/auth/login", json={"email": email, "password": "wrong"}, environ_overrides=far)
    sign_in(api)


@pytest.mark.slow
def test_strangers_of_the_same_network_do_not_keep_those_out_who_have_been_there(api: Api, person: Account) -> None:
    sign_in(api)
    for number in range(205):
        body = {"email": f"invented{number}@demo.example", "password": "wrong"}
        api.client.post("/api/v1/auth/login", json=body)
    sign_in(api)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(api: Api, person: Account, scheme: str) -> None:
    token = sign_in(api)["access_token"]
    assert api.get("/api/v1/profile/me", headers={"Authorization": f"{scheme} {token}"})
