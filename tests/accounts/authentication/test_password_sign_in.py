"""Signing in by password, signing out, and what ends a session at once."""

from __future__ import annotations

import unicodedata
from typing import Any

import bcrypt
import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.security.passwords import hash_password
from portal.extensions import db
from tests.accounts.people import PASSWORD, bearer, change, login, make_person, signed_in
from tests.support.clients import Api, Page


def test_correct_password_opens_a_session(api: Api, person: Account) -> None:
    api.headers["Authorization"] = f"Bearer {login(api)['access_token']}"
    assert api.get("/api/v1/profile/me")["id"] == str(person.id)


@pytest.mark.parametrize(("email", "password"), [("person@demo.example", "wrong"), ("nobody@demo.example", PASSWORD)])
def test_wrong_password_and_unknown_email_get_the_same_answer(
    api: Api, person: Account, email: str, password: str
) -> None:
    answer = login(api, password, email=email, status=401)
    assert (answer["code"], answer["detail"]) == ("wrong_credentials", "Incorrect email or password")


def test_status_is_disclosed_only_after_a_correct_password(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, verified_at=None)
    assert login(api, "wrong", status=401)["detail"] == "Incorrect email or password"
    assert login(api, status=401)["detail"] == "Account not verified"


def test_banned_person_reads_the_reason_at_sign_in(app: PortalFlask, page: Page, api: Api, person: Account) -> None:
    from portal.core.clock import now

    change(app, person, banned_at=now(), ban_reason="Advertising.")
    assert login(api, status=401)["detail"] == "Account is banned"
    shown = page.post("/login", {"email": person.email, "password": PASSWORD}, status=422)
    assert "Advertising." in shown.text


def test_bcrypt_hash_is_accepted_and_replaced(app: PortalFlask, api: Api, person: Account) -> None:
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    change(app, person, password_hash=old)
    login(api)
    with app.app_context():
        assert str(db.session.get_one(Account, person.id).password_hash).startswith("$argon2id$")
    login(api)


def test_failures_are_limited_and_success_is_not(api: Api, person: Account) -> None:
    for _time in range(15):
        login(api)
    for _time in range(11):
        login(api, "wrong", status=401)
    response = api.request(
        "POST", "/api/v1/auth/login", status=429, json={"email": "PERSON@demo.example", "password": PASSWORD}
    )
    assert int(response.headers["Retry-After"]) > 0


def test_delay_ends(api: Api, person: Account, clock: Any) -> None:
    for wait in (30, 60, 120):
        for _time in range(11 if wait == 30 else 1):
            login(api, "wrong", status=401)
        login(api, status=429)
        clock.move(seconds=wait - 1)
        login(api, status=429)
        clock.move(seconds=1)
    login(api)
    login(api, "wrong", status=401)
    login(api)


def test_stranger_cannot_lock_the_owner_out(app: PortalFlask, api: Api, person: Account) -> None:
    login(api)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    body = {"email": person.email, "password": "wrong"}
    for status in [401] * 11 + [429]:
        api.post("/api/v1/auth/login", json=body, status=status, environ_overrides=far)
    login(api)


def test_signing_out_ends_the_session_and_not_only_the_cookie(page: Page, person: Account) -> None:
    page.post("/login", {"email": person.email, "password": PASSWORD})
    with page.client.session_transaction() as session:
        stolen = dict(session)
    page.post("/logout")
    with page.client.session_transaction() as session:
        session.update(stolen)
    assert page.get("/settings/profile", status=303).location.startswith("/login?next=")


def test_signing_in_redirects_to_the_requested_page(page: Page, person: Account) -> None:
    credentials = {"email": person.email, "password": PASSWORD}
    assert page.post("/login", {**credentials, "next": "/events?city=1"}).location == "/events?city=1"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_redirects_to_another_site(page: Page, person: Account, url: str) -> None:
    shown = page.post("/login", {"email": person.email, "password": PASSWORD, "next": url})
    assert "evil" not in shown.location
    assert "javascript" not in shown.location


@pytest.mark.parametrize("values", [{"banned": True}, {"verified_at": None, "email_confirmed_at": None}])
def test_changed_account_status_refuses_the_next_request(
    app: PortalFlask, page: Page, api: Api, person: Account, values: dict[str, Any]
) -> None:
    from portal.core.clock import now

    page.sign_in(person).get("/settings/profile")
    api.sign_in(person).get("/api/v1/profile/me")
    change(app, person, **({"banned_at": now()} if "banned" in values else values))
    page.get("/settings/profile", status=303)
    api.get("/api/v1/profile/me", status=401)


def test_session_ends_after_a_week_without_use(committed: PortalFlask, page: Page, person: Account, clock: Any) -> None:
    page.sign_in(person).get("/settings/profile")
    clock.move(days=6)
    page.get("/settings/profile")
    clock.move(days=6)
    page.get("/settings/profile")
    clock.move(days=7, minutes=1)
    page.get("/settings/profile", status=303)


def test_very_long_password_is_refused_quickly(api: Api, person: Account) -> None:
    login(api, "x" * (1024 * 1024), status=413)
    login(api, "x" * 2000, status=422)


def test_csrf_token_of_another_person_is_refused(app: PortalFlask, person: Account) -> None:
    mine, theirs = Page(app), Page(app)
    with theirs.client.session_transaction() as session:
        session["csrf_token"] = "another"
    data = {**mine.csrf(), "email": person.email, "password": PASSWORD}
    answer = theirs.request("POST", "/login", status=400, data=data)
    assert "This page was out of date" in answer.get_data(as_text=True)


def test_email_that_contains_a_network_does_not_count_for_the_owner(api: Api, person: Account) -> None:
    login(api)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    for email in (f"{person.email} 127.0.0.0/24", f"127.0.0.0/24 {person.email}"):
        for _time in range(12):
            api.client.post("/api/v1/auth/login", json={"email": email, "password": "wrong"}, environ_overrides=far)
    login(api)


@pytest.mark.slow
def test_strangers_of_the_same_network_do_not_lock_out_known_people(api: Api, person: Account) -> None:
    login(api)
    for number in range(205):
        body = {"email": f"invented{number}@demo.example", "password": "wrong"}
        api.client.post("/api/v1/auth/login", json=body)
    login(api)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(api: Api, person: Account, scheme: str) -> None:
    token = login(api)["access_token"]
    assert api.get("/api/v1/profile/me", headers={"Authorization": f"{scheme} {token}"})


@pytest.mark.parametrize(
    ("chosen", "typed"), [("ёжик в тумане", "е\u0308жик\u00a0в тумане"), ("naïve Ångström", "naïve Ångström")]
)
def test_password_may_be_composed_in_another_way_on_every_entry_point(
    app: PortalFlask, api: Api, page: Page, chosen: str, typed: str
) -> None:
    typed = unicodedata.normalize("NFD", typed)
    with app.app_context():
        stored = hash_password(chosen)
    person = make_person(app, password_hash=stored)
    api.headers = bearer(login(api, typed)["access_token"])
    api.post("/api/v1/account/proof", json={"password": typed})
    assert page.post("/login", {"email": person.email, "password": typed}).location == "/home"
    body = {"current_password": typed, "new_password": typed}
    assert api.post("/api/v1/account/password", json=body, status=422)["code"] == "same_password"


def test_length_of_a_new_password_is_that_of_its_normal_form(app: PortalFlask, api: Api) -> None:
    make_person(app)
    chosen = "ёлка, йод и ещё чайник " * 5
    typed = unicodedata.normalize("NFD", chosen)
    assert len(chosen) <= 128 < len(typed)
    body = {"current_password": PASSWORD, "new_password": typed}
    signed_in(app).post("/api/v1/account/password", json=body)
    login(api, chosen)
