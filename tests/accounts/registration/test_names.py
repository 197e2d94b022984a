"""Names of people who register: a first and a last name, or the only one that somebody has."""

from __future__ import annotations

import pytest

from portal.accounts import queries
from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import REGISTRATION
from tests.accounts.sent_messages import payload_of
from tests.support.clients import Api, Page


@pytest.mark.parametrize(
    ("first", "last", "stored"),
    [
        ("Sukarno", "", ("Sukarno", "")),
        ("", "Suharto", ("Suharto", "")),
        ("  ", " Мадонна ", ("Мадонна", "")),
        ("Пеле", "\u200b", ("Пеле", "")),
        ("Anna", "Li", ("Anna", "Li")),
    ],
)
def test_a_single_name_registers_and_is_shown_without_a_blank(
    app: PortalFlask, page: Page, first: str, last: str, stored: tuple[str, str]
) -> None:
    page.post("/register", {**REGISTRATION, "first_name": first, "last_name": last})
    with app.app_context():
        account = queries.find_by_email(REGISTRATION["email"])
    assert account is not None
    assert (account.first_name, account.last_name) == stored
    assert account.name == " ".join(filter(None, stored))
    page.post("/register/done", {"code": payload_of(app, account.email, "accounts.waiting")["code"]})
    assert page.get("/people/me").texts("h1") == [account.name]
    form = page.get("/settings/profile")
    values = {name: str(form.element(f"#{name}").get("value", "")) for name in ("first_name", "last_name")}
    page.post("/settings/profile", {**values, "graduation_year": "2018", "work": "Singer", "city_audience": "me"})
    assert page.get("/people/me").texts("h1") == [account.name]


@pytest.mark.parametrize(
    ("first", "last", "shown"), [("", "Madonna", "Madonna"), ("\u200b", " Сухарто ", "Сухарто"), ("Pelé", "", "Pelé")]
)
def test_a_name_is_changed_to_a_single_one(page: Page, bob: Account, first: str, last: str, shown: str) -> None:
    page.sign_in(bob).post("/settings/profile", {"first_name": first, "last_name": last, "city_audience": "me"})
    assert page.get("/people/me").texts("h1") == [shown]


def test_clients_of_the_api_get_two_names_and_may_send_them_back(
    app: PortalFlask, api: Api, page: Page, bob: Account, adam: Account
) -> None:
    page.sign_in(bob).post("/settings/profile", {"first_name": "Сухарто", "last_name": "", "city_audience": "me"})
    sent = api.sign_in(bob).get("/api/v1/profile/me")
    assert (sent["first_name"], sent["last_name"]) == ("Сухарто", "–")
    api.put("/api/v1/profile/me", json={**sent, "biography": "Singer"})
    assert page.get("/people/me").texts("h1") == ["Сухарто"]
    api.sign_in(adam)
    assert [item["last_name"] for item in api.get("/api/v1/admin/users?search=Сухарто")["items"]] == ["–"]


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), (" ", "\u200b"), ("12", ""), ("", "!"), ("x" * 61, ""), ("", "x" * 61)]
)
def test_a_name_cannot_be_blank_and_has_an_end(page: Page, first: str, last: str) -> None:
    shown = page.post("/register", {**REGISTRATION, "first_name": first, "last_name": last}, status=422)
    assert shown.texts("#first_name-error, #last_name-error") != []
    assert shown.element("#email")["value"] == REGISTRATION["email"]


@pytest.mark.parametrize(("field", "value"), [("last_name", ""), ("last_name", "  "), ("first_name", " ")])
def test_clients_of_the_api_still_send_both_names(api: Api, field: str, value: str) -> None:
    body = {**REGISTRATION, "telegram_alias": None, field: value}
    answer = api.post("/api/v1/auth/register", json=body, status=422)
    assert [error["field"] for error in answer["errors"]] == [field]


@pytest.mark.parametrize("email", ["newcomer@", "newcomer", "@demo.example", "new comer@demo.example", "a@b"])
def test_an_incomplete_email_is_found_when_its_field_is_left(page: Page, email: str) -> None:
    checked = page.post("/register", {**REGISTRATION, "email": email}, status=422, headers={"X-Check-Field": "email"})
    assert checked.texts("#email-error") != []


def test_leaving_the_last_field_of_a_valid_form_registers_nobody(app: PortalFlask, page: Page) -> None:
    page.post("/register", REGISTRATION, status=200, headers={"X-Check-Field": "email"})
    with app.app_context():
        assert queries.find_by_email(REGISTRATION["email"]) is None
