"""Malformed and hostile input of sign-in and registration."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import REGISTRATION, add_to_allow_list, decide
from tests.accounts.sent_messages import link_token, sent_messages
from tests.factories import make_account
from tests.support.clients import Api, Page

BODY: dict[str, Any] = {**REGISTRATION, "telegram_alias": None}
AUTH = ["login", "register", "verify", "resend-verification"]


@pytest.mark.parametrize("path", AUTH)
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"text"', '{"email": 1}', '{"email": ["a"]}', '{"email": null}']
)
def test_malformed_json_is_refused_with_a_sentence(api: Api, path: str, body: str) -> None:
    response = api.client.post(f"/api/v1/auth/{path}", data=body, content_type="application/json")
    assert response.status_code in {400, 422}
    assert isinstance(response.get_json()["detail"], str)


@pytest.mark.parametrize("path", AUTH)
def test_another_content_type_is_refused(api: Api, path: str) -> None:
    api.post(f"/api/v1/auth/{path}", data="email=a", content_type="text/plain", status=415)


@pytest.mark.parametrize("field", ["email", "password"])
def test_nul_byte_is_refused_by_page_and_api(api: Api, page: Page, field: str) -> None:
    body = {"email": "a@demo.example", "password": "correct horse", field: "a@demo.example\x00"}
    api.post("/api/v1/auth/login", json=body, status=422)
    page.post("/login", body, status=422)


@pytest.mark.parametrize("year", [1899, 9999, "٢٠٢٠", "20 8", "-200"])
def test_impossible_graduation_year_is_refused(api: Api, year: Any) -> None:
    answer = api.post("/api/v1/auth/register", json={**BODY, "graduation_year": str(year)}, status=422)
    assert [error["field"] for error in answer["errors"]] == ["graduation_year"]


def test_refused_alias_leaves_no_account(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/register", json={**BODY, "telegram_alias": "two words"}, status=422)
    with app.app_context():
        assert queries.find_by_email(BODY["email"]) is None
    assert sent_messages(app, BODY["email"]) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Kamila@DEMO.example ", "kamila@demo.example"),
        ("kamila+alumni@demo.example", "kamila+alumni@demo.example"),
        ("kamila@bücher.example", "kamila@xn--bcher-kva.example"),
    ],
)
def test_email_is_found_in_every_notation(app: PortalFlask, api: Api, typed: str, kept: str) -> None:
    assert api.post("/api/v1/auth/register", json={**BODY, "email": typed}, status=201)["email"] == kept
    api.post("/api/v1/auth/register", json={**BODY, "email": kept.upper()}, status=400)
    with app.app_context():
        assert queries.find_by_email(typed) is not None


@pytest.mark.parametrize("email", ["kamila@demo", "камила@demo.example", "a b@demo.example", "@", "x" * 300])
def test_undeliverable_email_is_refused(api: Api, email: str) -> None:
    api.post("/api/v1/auth/register", json={**BODY, "email": email}, status=422)


@pytest.mark.parametrize("code", ["abcdef", "١٢٣٤٥٦", "12 345", "'; DROP", "1234567890"])
def test_malformed_code_is_refused(app: PortalFlask, api: Api, code: str) -> None:
    add_to_allow_list(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    api.post("/api/v1/auth/verify", json={"email": BODY["email"], "verification_code": code}, status=400)


def test_code_works_for_its_own_account_only(app: PortalFlask, api: Api) -> None:
    for email in ("one@demo.example", "two@demo.example"):
        add_to_allow_list(app, email)
        api.post("/api/v1/auth/register", json={**BODY, "email": email}, status=201)
    code = sent_messages(app, "one@demo.example")[0][1]["code"]
    if code == sent_messages(app, "two@demo.example")[0][1]["code"]:
        code = f"{(int(code) + 1) % 10**6:06d}"
    api.post("/api/v1/auth/verify", json={"email": "two@demo.example", "verification_code": code}, status=400)


def test_ban_ends_pending_link_and_code(app: PortalFlask, api: Api) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor

    add_to_allow_list(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    with app.app_context():
        account = queries.find_by_email(BODY["email"])
    assert account is not None
    decide(app, decisions.ban, system_actor(), account.id)
    code = sent_messages(app, BODY["email"])[0][1]["code"]
    body = {"email": BODY["email"], "verification_code": code}
    api.post("/api/v1/auth/verify", json=body, status=400)


def test_api_link_shows_the_page_with_its_button(app: PortalFlask, api: Api, page: Page) -> None:
    add_to_allow_list(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    token = link_token(app, BODY["email"])
    shown = page.get(f"/api/v1/auth/verify?token={token}")
    form = shown.element("main form:has([name=token])")
    assert (form["action"], shown.element("main [name=token]")["value"]) == ("/verify", token)
    page.post("/verify", {"token": token})
    assert page.get(f"/api/v1/auth/verify?token={token}").texts("h1") == ["Your email is already confirmed"]


@pytest.mark.parametrize("query", ["", "?token=", "?token=forged", "?token=a&token=b", "?token=" + "x" * 5000])
def test_broken_api_link_offers_another(page: Page, query: str) -> None:
    assert page.get(f"/api/v1/auth/verify{query}", status=400).texts("h1") == ["This link does not work"]


@pytest.mark.slow
def test_trying_registered_emails_is_limited_and_registering_is_not(app: PortalFlask, api: Api, alina: Account) -> None:
    for number in range(35):
        api.post("/api/v1/auth/register", json={**BODY, "email": f"new{number}@demo.example"}, status=201)
    for _time in range(30):
        api.post("/api/v1/auth/register", json={**BODY, "email": alina.email}, status=400)
    api.post("/api/v1/auth/register", json={**BODY, "email": alina.email}, status=429)


def test_page_does_not_disclose_registered_emails(app: PortalFlask, page: Page, alina: Account) -> None:
    for _time in range(31):
        page.post("/register", {**REGISTRATION, "email": alina.email})
    page.post("/register", REGISTRATION)


def test_signed_in_people_are_redirected_from_sign_in_and_registration(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    assert page.get("/login?next=/events", status=303).location == "/events"
    assert page.get("/login?next=//evil.example", status=303).location == "/"
    assert page.get("/register", status=303).location == "/home"


def test_signing_in_again_replaces_the_session(app: PortalFlask, page: Page, alina: Account) -> None:
    from portal.core.security.passwords import hash_password

    with app.app_context():
        stored = hash_password(REGISTRATION["password"])
    other = make_account("other@demo.example", first_name="Otto", password_hash=stored)
    page.sign_in(alina)
    page.post("/login", {"email": other.email, "password": REGISTRATION["password"]})
    assert "Otto" in page.get("/people/me").texts("h1")[0]
