"""Registering through both doors."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.emails import keyed_hash
from portal.accounts.models import Account, AllowedEmail
from portal.accounts.settings import FRIENDS_ANY_EMAIL
from portal.application import PortalFlask
from portal.core.actor import system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.settings import services as settings
from portal.settings.definitions import Setting
from tests.accounts.mailbox import mails, states_of, token_for
from tests.factories import make_account, save
from tests.support.clients import Api, Page

PERSON: dict[str, str] = {
    "first_name": "Каміла",
    "last_name": "Müller-Łoś",
    "email": "kamila@demo.example",
    "password": "correct horse battery",
    "role": "alumni",
    "graduation_year": "2018",
    "telegram_alias": "",
}


def turn(app: PortalFlask, setting: Setting[bool], *, on: bool) -> None:
    """As the office does it."""
    with app.app_context(), unit_of_work():
        settings.change(system_actor(), setting, on)


def allow(app: PortalFlask, email: str) -> None:
    with app.app_context():
        digest = keyed_hash(email)
    save(AllowedEmail(email_hash=digest))


def test_on_the_allow_list_the_mailed_link_verifies(app: PortalFlask, page: Page) -> None:
    allow(app, "Kamila@Demo.example")
    assert page.post("/register", PERSON).location == "/register/done"
    assert [kind for kind, _payload in mails(app, PERSON["email"])] == ["accounts.verify_address"]
    token = token_for(app, PERSON["email"])
    assert page.get(f"/verify?token={token}").texts("h1") == ["Confirm your email"]
    assert page.post("/verify", {"token": token}).location == "/login"
    signed_in = page.post("/login", {"email": "KAMILA@demo.example", "password": PERSON["password"]})
    assert signed_in.location == "/home"


def test_looking_at_a_link_verifies_nobody(app: PortalFlask, page: Page) -> None:
    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    page.get(f"/verify?token={token_for(app, PERSON['email'])}")
    page.post("/login", {"email": PERSON["email"], "password": PERSON["password"]}, status=422)


def test_a_used_link_answers_kindly(app: PortalFlask, page: Page) -> None:
    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    token = token_for(app, PERSON["email"])
    page.post("/verify", {"token": token})
    assert page.get(f"/verify?token={token}").texts("h1") == ["Your email is already confirmed"]
    assert page.post("/verify", {"token": token}, status=200).texts("h1") == ["Your email is already confirmed"]


@pytest.mark.parametrize("damage", ["", "x", "cut", "upper"])
def test_a_damaged_link_offers_another(app: PortalFlask, page: Page, damage: str) -> None:
    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    token = {"cut": token_for(app, PERSON["email"])[:-3], "upper": token_for(app, PERSON["email"]).swapcase()}
    shown = page.get(f"/verify?token={token.get(damage, damage)}", status=400)
    assert shown.texts("h1") == ["This link does not work"]
    page.post("/verify", {"token": token.get(damage, damage)}, status=400)


def test_a_link_expires_after_a_day(app: PortalFlask, page: Page, clock: Any) -> None:
    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    token = token_for(app, PERSON["email"])
    clock.move(hours=24, seconds=1)
    page.post("/verify", {"token": token}, status=400)


def test_only_the_newest_link_works(app: PortalFlask, page: Page, clock: Any) -> None:
    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    old = token_for(app, PERSON["email"])
    clock.move(seconds=61)
    page.post("/verify/resend", {"email": PERSON["email"]})
    states = [state for _kind, state in states_of(app, PERSON["email"])]
    assert states == ["withdrawn", "waiting"]
    page.post("/verify", {"token": old}, status=400)
    page.post("/verify", {"token": token_for(app, PERSON["email"])})


def test_resending_waits_a_minute(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/resend-verification", json={"email": "nobody@demo.example"})
    answer = api.post("/api/v1/auth/resend-verification", json={"email": "nobody@demo.example"}, status=429)
    assert "seconds" in answer["detail"]


def test_not_on_the_list_waits_for_the_office(app: PortalFlask, page: Page, adam: Account) -> None:
    page.post("/register", PERSON)
    assert [kind for kind, _payload in mails(app, PERSON["email"])] == ["accounts.waiting"]
    assert [kind for kind, _payload in mails(app, adam.email)] == ["accounts.to_verify"]


def test_a_friend_waits_for_the_office_unless_on_the_list(app: PortalFlask, api: Api) -> None:
    friend = {**PERSON, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    assert "manual" in api.post("/api/v1/auth/register", json=friend, status=201)["message"]
    allow(app, "vouched@demo.example")
    vouched = {**friend, "email": "vouched@demo.example"}
    assert "manual" not in api.post("/api/v1/auth/register", json=vouched, status=201)["message"]


def test_whether_friends_may_have_any_address_is_a_setting(app: PortalFlask, api: Api) -> None:
    friend = {**PERSON, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    app.config["PORTAL"].email_domains = ("university.example",)
    try:
        assert api.post("/api/v1/auth/register", json=friend, status=201)
        turn(app, FRIENDS_ANY_EMAIL, on=False)
        other = {**friend, "email": "other@demo.example"}
        assert api.post("/api/v1/auth/register", json=other, status=422)["errors"][0]["field"] == "email"
    finally:
        app.config["PORTAL"].email_domains = ()


def test_neither_resending_nor_a_code_verifies_who_waits_for_the_office(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/register", json={**PERSON, "telegram_alias": None}, status=201)
    api.post("/api/v1/auth/resend-verification", json={"email": PERSON["email"]})
    assert [kind for kind, _payload in mails(app, PERSON["email"])] == ["accounts.waiting"]
    body = {"email": PERSON["email"], "verification_code": "000000"}
    api.post("/api/v1/auth/verify", json=body, status=400)


def test_the_code_in_the_mail_verifies_and_signs_in(app: PortalFlask, api: Api) -> None:
    allow(app, PERSON["email"])
    api.post("/api/v1/auth/register", json={**PERSON, "telegram_alias": None}, status=201)
    code = mails(app, PERSON["email"])[0][1]["code"]
    answer = api.post("/api/v1/auth/verify", json={"email": PERSON["email"], "verification_code": code})
    api.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert api.get("/api/v1/profile/me")["first_name"] == "Каміла"


def test_five_wrong_codes_end_the_right_one(app: PortalFlask, api: Api) -> None:
    allow(app, PERSON["email"])
    api.post("/api/v1/auth/register", json={**PERSON, "telegram_alias": None}, status=201)
    code = mails(app, PERSON["email"])[0][1]["code"]
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        api.post("/api/v1/auth/verify", json={"email": PERSON["email"], "verification_code": wrong}, status=400)
    api.post("/api/v1/auth/verify", json={"email": PERSON["email"], "verification_code": code}, status=400)


def test_a_known_address_is_not_given_away_by_the_page(app: PortalFlask, page: Page, alina: Account) -> None:
    known = page.post("/register", {**PERSON, "email": "ALINA@demo.example"})
    unknown = page.post("/register", {**PERSON, "email": "new@demo.example"})
    assert (known.response.status, known.location) == (unknown.response.status, unknown.location)
    assert [kind for kind, _payload in mails(app, alina.email)] == ["accounts.already_registered"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_api_says_in_the_contracts_words_that_an_address_is_taken(api: Api, alina: Account, language: str) -> None:
    body = {**PERSON, "email": "Alina@Demo.Example", "telegram_alias": None}
    refused = api.post("/api/v1/auth/register", json=body, status=400, headers={"Accept-Language": language})
    assert (refused["detail"], refused["code"]) == ("Email already registered", "email_taken")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"role": "staff"}, "role: This is not one of the allowed values."),
        ({"graduation_year": "20"}, "graduation_year: This is not in the expected format."),
    ],
)
def test_the_api_says_in_our_words_what_is_wrong(api: Api, values: dict[str, str], sentence: str) -> None:
    assert api.post("/api/v1/auth/register", json={**PERSON, **values}, status=422)["detail"] == sentence


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
def test_wrong_values_are_named(api: Api, field: str, value: Any) -> None:
    body = {**PERSON, "telegram_alias": None, field: value}
    answer = api.post("/api/v1/auth/register", json=body, status=422)
    assert [error["field"] for error in answer["errors"]] == [field]


def test_a_name_is_one_line(app: PortalFlask, api: Api) -> None:
    api.post(
        "/api/v1/auth/register", json={**PERSON, "first_name": "Anna\r\nBcc: ", "telegram_alias": None}, status=201
    )
    with app.app_context():
        account = queries.find_by_email(PERSON["email"])
    assert account is not None
    assert account.first_name == "Anna Bcc:"


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(page: Page) -> None:
    shown = page.post("/register", {**PERSON, "password": "short"}, status=422)
    assert shown.soup is not None
    assert shown.soup.select_one("#first_name")["value"] == "Каміла"
    assert shown.texts("#password-error") != []
    assert shown.soup.select("[role=alert][data-focus]")


def test_graduates_give_their_year_and_friends_do_not(page: Page) -> None:
    shown = page.post("/register", {**PERSON, "graduation_year": ""}, status=422)
    assert shown.texts("#graduation_year-error") == ["Choose the year you graduated."]
    page.post("/register", {**PERSON, "graduation_year": "", "role": "alumni_friend"})


def test_the_same_form_sent_twice_makes_one_account(app: PortalFlask, page: Page) -> None:
    page.post("/register", PERSON)
    page.post("/register", PERSON)
    kinds = [kind for kind, _payload in mails(app, PERSON["email"])]
    assert kinds == ["accounts.waiting", "accounts.already_registered"]


def test_no_secret_is_stored_as_it_was_mailed(app: PortalFlask, page: Page) -> None:
    from sqlalchemy import text

    from portal.extensions import db

    allow(app, PERSON["email"])
    page.post("/register", PERSON)
    payload = mails(app, PERSON["email"])[0][1]
    with app.app_context():
        stored = str(db.session.execute(text("SELECT * FROM one_time_secrets")).mappings().all())
        account = str(db.session.execute(text("SELECT * FROM accounts")).mappings().all())
    assert token_for(app, PERSON["email"]) not in stored
    assert payload["code"] not in stored.replace("-", "").split("'")
    assert PERSON["password"] not in account


@pytest.mark.parametrize("alias", ["ab", "a b", "x" * 40, "абвгд"])
def test_what_cannot_be_used_is_said_for_known_and_unknown_addresses(app: PortalFlask, page: Page, alias: str) -> None:
    known = make_account("known@demo.example")
    answers = [
        page.post("/register", {**PERSON, "email": email, "telegram_alias": alias}, status=422).text
        for email in (known.email, PERSON["email"])
    ]
    assert answers[0] == answers[1]


def test_refused_registrations_do_not_use_up_the_networks_good_ones(committed: PortalFlask, api: Api) -> None:
    weak = {**PERSON, "password": "password1", "telegram_alias": None}
    for _time in range(31):
        api.post("/api/v1/auth/register", json=weak, status=422)
    api.post("/api/v1/auth/register", json={**PERSON, "telegram_alias": None}, status=201)
