"""Registering through pages and API."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.models import Account
from portal.accounts.settings import FRIENDS_ANY_EMAIL
from portal.application import PortalFlask
from tests.accounts.people import REGISTRATION, add_to_allow_list, set_switch
from tests.accounts.sent_messages import link_token, message_states, sent_messages
from tests.factories import make_account
from tests.support.clients import Api, Page


def test_emailed_link_verifies_people_on_the_allow_list(app: PortalFlask, page: Page) -> None:
    add_to_allow_list(app, "Kamila@Demo.example")
    assert page.post("/register", REGISTRATION).location == "/register/done"
    assert [kind for kind, _payload in sent_messages(app, REGISTRATION["email"])] == ["accounts.verify_address"]
    token = link_token(app, REGISTRATION["email"])
    assert page.get(f"/verify?token={token}").texts("h1") == ["Confirm your email"]
    elsewhere = Page(app)
    assert elsewhere.post("/verify", {"token": token}).location == "/login"
    assert elsewhere.get("/login").element("#email")["value"] == REGISTRATION["email"]
    signed_in = elsewhere.post("/login", {"email": "KAMILA@demo.example", "password": REGISTRATION["password"]})
    assert signed_in.location == "/home"


def test_opening_a_link_verifies_nobody(app: PortalFlask, page: Page) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    page.get(f"/verify?token={link_token(app, REGISTRATION['email'])}")
    page.post("/login", {"email": REGISTRATION["email"], "password": REGISTRATION["password"]}, status=422)


def test_used_link_says_that_the_email_is_confirmed(app: PortalFlask, page: Page) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    token = link_token(app, REGISTRATION["email"])
    page.post("/verify", {"token": token})
    assert page.get(f"/verify?token={token}").texts("h1") == ["Your email is already confirmed"]
    assert page.post("/verify", {"token": token}, status=200).texts("h1") == ["Your email is already confirmed"]


@pytest.mark.parametrize("damage", ["", "x", "cut", "upper"])
def test_damaged_link_offers_another(app: PortalFlask, page: Page, damage: str) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    token = {
        "cut": link_token(app, REGISTRATION["email"])[:-3],
        "upper": link_token(app, REGISTRATION["email"]).swapcase(),
    }
    shown = page.get(f"/verify?token={token.get(damage, damage)}", status=400)
    assert shown.texts("h1") == ["This link does not work"]
    page.post("/verify", {"token": token.get(damage, damage)}, status=400)


def test_link_expires_after_a_day(app: PortalFlask, page: Page, clock: Any) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    token = link_token(app, REGISTRATION["email"])
    clock.move(hours=24, seconds=1)
    page.post("/verify", {"token": token}, status=400)


def test_only_the_newest_link_works(app: PortalFlask, page: Page, clock: Any) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    old = link_token(app, REGISTRATION["email"])
    clock.move(seconds=61)
    page.post("/verify/resend", {"email": REGISTRATION["email"]})
    states = [state for _kind, state in message_states(app, REGISTRATION["email"])]
    assert states == ["withdrawn", "waiting"]
    page.post("/verify", {"token": old}, status=400)
    page.post("/verify", {"token": link_token(app, REGISTRATION["email"])})


def test_resending_waits_a_minute(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/resend-verification", json={"email": "nobody@demo.example"})
    answer = api.post("/api/v1/auth/resend-verification", json={"email": "nobody@demo.example"}, status=429)
    assert "seconds" in answer["detail"]


def test_people_outside_the_allow_list_wait_for_the_office(app: PortalFlask, page: Page, adam: Account) -> None:
    page.post("/register", REGISTRATION)
    assert [kind for kind, _payload in sent_messages(app, REGISTRATION["email"])] == ["accounts.waiting"]
    assert [kind for kind, _payload in sent_messages(app, adam.email)] == ["accounts.to_verify"]


def test_alumni_friend_waits_for_the_office_unless_on_the_allow_list(app: PortalFlask, api: Api) -> None:
    friend = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    assert "manual" in api.post("/api/v1/auth/register", json=friend, status=201)["message"]
    add_to_allow_list(app, "vouched@demo.example")
    vouched = {**friend, "email": "vouched@demo.example"}
    assert "manual" not in api.post("/api/v1/auth/register", json=vouched, status=201)["message"]


def test_setting_allows_alumni_friends_any_email_domain(app: PortalFlask, api: Api) -> None:
    friend = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    app.config["PORTAL"].email_domains = ("university.example",)
    try:
        assert api.post("/api/v1/auth/register", json=friend, status=201)
        set_switch(app, FRIENDS_ANY_EMAIL, on=False)
        other = {**friend, "email": "other@demo.example"}
        assert api.post("/api/v1/auth/register", json=other, status=422)["errors"][0]["field"] == "email"
    finally:
        app.config["PORTAL"].email_domains = ()


def test_over_the_api_no_code_verifies_people_who_wait_for_the_office(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    api.post("/api/v1/auth/resend-verification", json={"email": REGISTRATION["email"]})
    kinds = [kind for kind, _payload in sent_messages(app, REGISTRATION["email"])]
    assert kinds == ["accounts.waiting", "accounts.waiting"]
    for code in ("000000", sent_messages(app, REGISTRATION["email"])[1][1]["code"]):
        body = {"email": REGISTRATION["email"], "verification_code": code}
        api.post("/api/v1/auth/verify", json=body, status=400)


def test_emailed_code_verifies_and_signs_in(app: PortalFlask, api: Api) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    code = sent_messages(app, REGISTRATION["email"])[0][1]["code"]
    answer = api.post("/api/v1/auth/verify", json={"email": REGISTRATION["email"], "verification_code": code})
    api.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert api.get("/api/v1/profile/me")["first_name"] == "Каміла"


def test_five_wrong_codes_end_the_right_one(app: PortalFlask, api: Api) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    code = sent_messages(app, REGISTRATION["email"])[0][1]["code"]
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        api.post("/api/v1/auth/verify", json={"email": REGISTRATION["email"], "verification_code": wrong}, status=400)
    api.post("/api/v1/auth/verify", json={"email": REGISTRATION["email"], "verification_code": code}, status=400)


def test_page_does_not_disclose_that_an_email_is_registered(app: PortalFlask, page: Page, alina: Account) -> None:
    known = page.post("/register", {**REGISTRATION, "email": "ALINA@demo.example"})
    unknown = page.post("/register", {**REGISTRATION, "email": "new@demo.example"})
    assert (known.response.status, known.location) == (unknown.response.status, unknown.location)
    assert [kind for kind, _payload in sent_messages(app, alina.email)] == ["accounts.already_registered"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_api_reports_a_registered_email_with_the_legacy_sentence(api: Api, alina: Account, language: str) -> None:
    body = {**REGISTRATION, "email": "Alina@Demo.Example", "telegram_alias": None}
    refused = api.post("/api/v1/auth/register", json=body, status=400, headers={"Accept-Language": language})
    assert (refused["detail"], refused["code"]) == ("Email already registered", "email_taken")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"role": "staff"}, "role: This is not one of the allowed values."),
        ({"graduation_year": "20"}, "graduation_year: This is not in the expected format."),
    ],
)
def test_api_reports_other_errors_in_the_language_of_the_request(
    api: Api, values: dict[str, str], sentence: str
) -> None:
    assert api.post("/api/v1/auth/register", json={**REGISTRATION, **values}, status=422)["detail"] == sentence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("first_name", "   "),
        ("first_name", "\u200b"),
        ("last_name", "\u3164"),
        ("last_name", "12"),
        ("last_name", "x" * 61),
        ("email", "not an address"),
        ("email", "a@b"),
        ("password", "short"),
        ("password", "x" * 129),
        ("graduation_year", None),
        ("graduation_year", "soon"),
        ("graduation_year", 2018),
        ("role", "staff"),
        ("telegram_alias", "x" * 100),
        ("first_name", "a\x00b"),
    ],
)
def test_api_names_the_invalid_field(api: Api, field: str, value: Any) -> None:
    body = {**REGISTRATION, "telegram_alias": None, field: value}
    answer = api.post("/api/v1/auth/register", json=body, status=422)
    assert [error["field"] for error in answer["errors"]] == [field]


def test_name_is_one_line(app: PortalFlask, api: Api) -> None:
    api.post(
        "/api/v1/auth/register",
        json={**REGISTRATION, "first_name": "Anna\r\nBcc: ", "telegram_alias": None},
        status=201,
    )
    with app.app_context():
        account = queries.find_by_email(REGISTRATION["email"])
    assert account is not None
    assert account.first_name == "Anna Bcc:"


def test_page_keeps_the_input_and_shows_the_errors(page: Page) -> None:
    shown = page.post("/register", {**REGISTRATION, "password": "short"}, status=422)
    field = shown.soup.select_one("#first_name")
    assert field is not None
    assert field["value"] == "Каміла"
    assert shown.texts("#password-error") != []
    assert shown.soup.select("[role=alert][data-focus]")


def test_graduation_year_is_required_of_graduates_only(page: Page) -> None:
    shown = page.post("/register", {**REGISTRATION, "graduation_year": ""}, status=422)
    assert shown.texts("#graduation_year-error") == ["Choose the year you graduated."]
    page.post("/register", {**REGISTRATION, "graduation_year": "", "role": "alumni_friend"})


def test_form_submitted_twice_creates_one_account(app: PortalFlask, page: Page) -> None:
    page.post("/register", REGISTRATION)
    page.post("/register", REGISTRATION)
    kinds = [kind for kind, _payload in sent_messages(app, REGISTRATION["email"])]
    assert kinds == ["accounts.waiting", "accounts.already_registered"]


def test_secrets_are_stored_hashed(app: PortalFlask, page: Page) -> None:
    from sqlalchemy import text

    from portal.extensions import db

    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    payload = sent_messages(app, REGISTRATION["email"])[0][1]
    with app.app_context():
        stored = str(db.session.execute(text("SELECT * FROM one_time_secrets")).mappings().all())
        account = str(db.session.execute(text("SELECT * FROM accounts")).mappings().all())
    assert link_token(app, REGISTRATION["email"]) not in stored
    assert payload["code"] not in stored.replace("-", "").split("'")
    assert REGISTRATION["password"] not in account


@pytest.mark.parametrize("alias", ["ab", "a b", "x" * 40, "абвгд"])
def test_invalid_input_is_reported_for_known_and_unknown_emails(app: PortalFlask, page: Page, alias: str) -> None:
    known = make_account("known@demo.example")
    answers = [
        page.post("/register", {**REGISTRATION, "email": email, "telegram_alias": alias}, status=422).text
        for email in (known.email, REGISTRATION["email"])
    ]
    assert answers[0] == answers[1]


def test_refused_registrations_do_not_count_against_the_network(committed: PortalFlask, api: Api) -> None:
    weak = {**REGISTRATION, "password": "password1", "telegram_alias": None}
    for _time in range(31):
        api.post("/api/v1/auth/register", json=weak, status=422)
    api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
