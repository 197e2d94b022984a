"""What people and programs send by mistake, or not by mistake."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.mailbox import mails, token_for
from tests.accounts.test_registration import PERSON, allow
from tests.factories import make_account
from tests.support.clients import Api, Page

BODY: dict[str, Any] = {**PERSON, "telegram_alias": None}
AUTH = ["login", "register", "verify", "resend-verification"]


@pytest.mark.parametrize("path", AUTH)
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"text"', '{"email": 1}', '{"email": ["a"]}', '{"email": null}']
)
def test_malformed_json_is_refused_in_words(api: Api, path: str, body: str) -> None:
    response = api.client.post(f"/api/v1/auth/{path}", data=body, content_type="application/json")
    assert response.status_code in {400, 422}
    assert isinstance(response.json["detail"], str)


@pytest.mark.parametrize("path", AUTH)
def test_another_content_type_is_refused(api: Api, path: str) -> None:
    api.post(f"/api/v1/auth/{path}", data="email=a", content_type="text/plain", status=415)


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_nul_byte_at_the_door_is_refused(api: Api, page: Page, field: str) -> None:
    body = {"email": "a@demo.example", "password": "correct horse", field: "a@demo.example\x00"}
    api.post("/api/v1/auth/login", json=body, status=422)
    page.post("/login", body, status=422)


@pytest.mark.parametrize("year", [1899, 9999, "٢٠٢٠", "20 8", "-200"])
def test_a_year_in_which_nobody_graduated_is_refused(api: Api, year: Any) -> None:
    answer = api.post("/api/v1/auth/register", json={**BODY, "graduation_year": str(year)}, status=422)
    assert [error["field"] for error in answer["errors"]] == ["graduation_year"]


def test_a_refused_alias_leaves_nothing_half_written(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/register", json={**BODY, "telegram_alias": "two words"}, status=422)
    with app.app_context():
        assert queries.find_by_email(BODY["email"]) is None
    assert mails(app, BODY["email"]) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Kamila@DEMO.example ", "kamila@demo.example"),
        ("kamila+alumni@demo.example", "kamila+alumni@demo.example"),
        ("kamila@bücher.example", "kamila@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_found_however_it_was_typed(app: PortalFlask, api: Api, typed: str, kept: str) -> None:
    assert api.post("/api/v1/auth/register", json={**BODY, "email": typed}, status=201)["email"] == kept
    api.post("/api/v1/auth/register", json={**BODY, "email": kept.upper()}, status=400)
    with app.app_context():
        assert queries.find_by_email(typed) is not None


@pytest.mark.parametrize("email", ["kamila@demo.example.", "камила@demo.example", "a b@demo.example", "@", "x" * 300])
def test_an_address_that_no_mail_reaches_is_refused(api: Api, email: str) -> None:
    api.post("/api/v1/auth/register", json={**BODY, "email": email}, status=422)


@pytest.mark.parametrize("code", ["abcdef", "١٢٣٤٥٦", "12 345", "'; DROP", "1234567890"])
def test_what_is_no_code_is_refused(app: PortalFlask, api: Api, code: str) -> None:
    allow(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    api.post("/api/v1/auth/verify", json={"email": BODY["email"], "verification_code": code}, status=400)


def test_a_code_of_one_person_does_nothing_for_another(app: PortalFlask, api: Api) -> None:
    for email in ("one@demo.example", "two@demo.example"):
        allow(app, email)
        api.post("/api/v1/auth/register", json={**BODY, "email": email}, status=201)
    code = mails(app, "one@demo.example")[0][1]["code"]
    if code == mails(app, "two@demo.example")[0][1]["code"]:
        code = f"{(int(code) + 1) % 10**6:06d}"
    api.post("/api/v1/auth/verify", json={"email": "two@demo.example", "verification_code": code}, status=400)


def test_a_ban_ends_the_link_and_the_code_of_who_waits_for_them(app: PortalFlask, api: Api) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor
    from tests.accounts.test_standing import decide

    allow(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    with app.app_context():
        account = queries.find_by_email(BODY["email"])
    assert account is not None
    decide(app, decisions.ban, system_actor(), account.id)
    code = mails(app, BODY["email"])[0][1]["code"]
    body = {"email": BODY["email"], "verification_code": code}
    api.post("/api/v1/auth/verify", json=body, status=400)


def test_the_mailed_link_of_the_api_shows_the_page_with_its_button(app: PortalFlask, api: Api, page: Page) -> None:
    allow(app, BODY["email"])
    api.post("/api/v1/auth/register", json=BODY, status=201)
    token = token_for(app, BODY["email"])
    shown = page.get(f"/api/v1/auth/verify?token={token}")
    assert shown.soup is not None
    [form] = [form for form in shown.soup.select("main form") if form.select("[name=token]")]
    assert (form["action"], form.select_one("[name=token]")["value"]) == ("/verify", token)
    page.post("/verify", {"token": token})
    assert page.get(f"/api/v1/auth/verify?token={token}").texts("h1") == ["Your email is already confirmed"]


@pytest.mark.parametrize("query", ["", "?token=", "?token=forged", "?token=a&token=b", "?token=" + "x" * 5000])
def test_a_broken_link_of_the_api_offers_another(page: Page, query: str) -> None:
    assert page.get(f"/api/v1/auth/verify{query}", status=400).texts("h1") == ["This link does not work"]


@pytest.mark.slow
def test_trying_out_who_is_here_is_limited_and_registering_is_not(app: PortalFlask, api: Api, alina: Account) -> None:
    for number in range(35):
        api.post("/api/v1/auth/register", json={**BODY, "email": f"new{number}@demo.example"}, status=201)
    for _time in range(30):
        api.post("/api/v1/auth/register", json={**BODY, "email": alina.email}, status=400)
    api.post("/api/v1/auth/register", json={**BODY, "email": alina.email}, status=429)


def test_the_page_does_not_let_one_count_who_is_here(app: PortalFlask, page: Page, alina: Account) -> None:
    for _time in range(31):
        page.post("/register", {**PERSON, "email": alina.email})
    page.post("/register", PERSON)


def test_whoever_is_signed_in_has_no_use_for_the_way_in(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    assert page.get("/login?next=/events", status=303).location == "/events"
    assert page.get("/login?next=//evil.example", status=303).location == "/"
    assert page.get("/register", status=303).location == "/home"


def test_signing_in_again_changes_the_person(app: PortalFlask, page: Page, alina: Account) -> None:
    from portal.core.security.passwords import hash_password

    with app.app_context():
        stored = hash_password(PERSON["password"])
    other = make_account("other@demo.example", first_name="Otto", password_hash=stored)
    page.sign_in(alina)
    page.post("/login", {"email": other.email, "password": PERSON["password"]})
    assert "Otto" in page.get("/people/me").texts("h1")[0]
