"""A form with the token of another session, or of none, comes back with what was typed and is sent by one press."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.extensions import db
from portal.profiles.models import Profile
from portal.web.http.stale_forms import FOR_VISITORS
from tests import factories
from tests.conftest import Clock
from tests.support.clients import Page, PageResponse

STALE: list[dict[str, str]] = [{}, {"csrf_token": ""}, {"csrf_token": "of-another-session"}]
OUT_OF_DATE = "This page was out of date, so nothing was saved."
REGISTRATION = {
    "first_name": "Vera",
    "last_name": "Пример",
    "email": "vera@example.org",
    "password": "a long enough one",
    "role": "alumni",
    "graduation_year": "2019",
}


def sent(
    page: Page, path: str, data: dict[str, str], *, status: int = 400, headers: dict[str, str] | None = None
) -> PageResponse:
    """Return the response to a form as it is, without a valid token."""
    return PageResponse(page.request("POST", path, status=status, data=data, headers=headers))


def typed(shown: PageResponse, action: str) -> dict[str, str]:
    """Return what a browser would send of the form of ``action`` that came back."""
    form = shown.element(f"main form[action='{action}']")
    values = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]")}
    values |= {str(field["name"]): field.get_text().removeprefix("\n") for field in form.select("textarea[name]")}
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]")
        values[str(field["name"])] = str(chosen["value"]) if chosen else ""
    for field in form.select("input[type=radio][checked]"):
        values[str(field["name"])] = str(field["value"])
    return values


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(model)).one()


@pytest.mark.parametrize("token", STALE)
def test_a_registration_comes_back_and_is_sent_by_one_press(page: Page, token: dict[str, str]) -> None:
    shown = sent(page, "/register", {**REGISTRATION, **token})
    assert OUT_OF_DATE in shown.text
    assert count(page.app, Account) == 0
    again = typed(shown, "/register")
    assert {name: again[name] for name in REGISTRATION} == {**REGISTRATION, "password": ""}
    assert shown.texts("#password-error") == ["Enter it again."]
    sent(page, "/register", {**again, "password": REGISTRATION["password"]}, status=303)
    assert count(page.app, Account) == 1


@pytest.mark.parametrize(
    ("path", "data", "kept"),
    [
        ("/login", {"email": "vera@example.org", "password": "x", "next": "/map"}, ("email", "next")),
        ("/login/code", {"email": "vera@example.org", "next": "/events"}, ("email", "next")),
        ("/password/forgot", {"email": "vera@example.org"}, ("email",)),
        ("/verify/resend", {"email": "vera@example.org"}, ("email",)),
    ],
)
def test_the_forms_of_visitors_come_back(page: Page, path: str, data: dict[str, str], kept: tuple[str, ...]) -> None:
    again = typed(sent(page, path, data), path)
    assert {name: again[name] for name in kept} == {name: data[name] for name in kept}
    assert again.get("password", "") == ""
    assert again["csrf_token"]


@pytest.mark.parametrize("token", STALE)
def test_the_form_of_a_member_comes_back_under_their_name(page: Page, alina: Account, token: dict[str, str]) -> None:
    page.sign_in(alina)
    edit = "/settings/profile"
    filled = typed(page.get(edit), edit) | {"work": "Beekeeper", "biography": "Two\nlines"}
    filled.pop("csrf_token")
    filled.pop("avatar", None)
    shown = sent(page, edit, filled | token)
    assert OUT_OF_DATE in shown.text
    assert "You are signed in as Alina Demo." in shown.text
    again = typed(shown, edit)
    assert (again["work"], again["biography"]) == ("Beekeeper", "Two\nlines")
    again.pop("avatar", None)
    sent(page, edit, again, status=303)
    with page.app.app_context():
        assert db.session.scalars(select(Profile.work).where(Profile.account_id == alina.id)).one() == "Beekeeper"


def test_a_view_that_is_shown_again_writes_nothing(page: Page, adam: Account, alina: Account) -> None:
    page.sign_in(adam)
    shown = sent(page, f"/admin/people/{alina.id}/ban", {"reason": "Spam in every event.", "until": ""})
    assert "Spam in every event." in str(shown.soup)
    with page.app.app_context():
        assert db.session.get_one(Account, alina.id).banned_at is None


@pytest.mark.parametrize("path", ["/login", "/login/code", "/register", "/verify/resend"])
def test_whoever_is_signed_in_already_reads_so(page: Page, alina: Account, path: str) -> None:
    page.sign_in(alina)
    answer = sent(page, path, {"email": "vera@example.org", "next": "/people"}, status=303)
    assert answer.location == "/people"
    assert page.get("/people").texts(".toast-note") == ["You are signed in already."]


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example"])
def test_being_signed_in_already_leads_to_no_other_site(page: Page, alina: Account, foreign: str) -> None:
    page.sign_in(alina)
    assert sent(page, "/login", {"next": foreign}, status=303).location == "/"


def test_the_endpoints_for_visitors_exist(app: Flask) -> None:
    assert FOR_VISITORS - set(app.view_functions) == set()


@pytest.mark.needs_feature("follows")
def test_a_button_leads_back_to_its_page(page: Page, alina: Account, bob: Account) -> None:
    page.sign_in(alina)
    here = f"http://localhost/people/{bob.id}?x=1"
    answer = sent(page, f"/people/{bob.id}/follow", {}, status=303, headers={"Referer": here})
    assert answer.location == f"/people/{bob.id}?x=1"
    assert "Nothing was changed: try again." in page.get(answer.location).texts(".toast-note")[0]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
@pytest.mark.parametrize("path", ["/login", "/settings/account/address"])
def test_a_form_of_another_site_fills_nothing_in(
    page: Page, alina: Account, headers: dict[str, str], path: str
) -> None:
    if path != "/login":
        page.sign_in(alina)
    answer = page.request("POST", path, status=303, data={"email": "evil@example.org"}, headers=headers)
    assert "evil@example.org" not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_form_of_the_portal_itself_comes_back(page: Page, headers: dict[str, str]) -> None:
    again = typed(sent(page, "/login", {"email": "vera@example.org"}, headers=headers), "/login")
    assert again["email"] == "vera@example.org"


SETTINGS = {"work": "Beekeeper", "biography": "Zwei\nZeilen <b>", "csrf_token": "x"}


def ended(page: Page, account: Account) -> Page:
    """Return a browser whose session somebody has ended elsewhere."""
    page.sign_in(account)
    factories.end_sign_ins(account)
    return page


@pytest.mark.parametrize("has_cookie", [True, False])
def test_a_form_is_kept_while_its_author_signs_in(page: Page, alina: Account, has_cookie: bool) -> None:
    if has_cookie:
        ended(page, alina)
        shown = page.post("/settings/profile", SETTINGS, status=401)
    else:
        shown = sent(page, "/settings/profile", SETTINGS, status=401)
    assert shown.element("main .btn-primary")["href"] == "/login"
    kept = typed(shown, "/settings/profile")
    assert (kept["work"], kept["biography"]) == ("Beekeeper", "Zwei\nZeilen <b>")
    page.sign_in(alina)  # in another tab, which replaces the cookie
    assert typed(sent(page, "/settings/profile", kept), "/settings/profile")["work"] == "Beekeeper"


def test_a_form_is_kept_during_re_authentication(page: Page, alina: Account, clock: Clock) -> None:
    page.sign_in(alina)
    clock.move(minutes=11)
    data = {"email": "new@example.org", "current_password": "never shown"}
    shown = page.post("/settings/account/address", data, status=401)
    assert shown.element("main .btn-primary")["href"] == "/settings/security/proof"
    assert typed(shown, "/settings/account/address")["email"] == "new@example.org"
    assert "never shown" not in str(shown.soup)


def test_a_stale_form_without_input_leads_to_re_authentication(page: Page, alina: Account, clock: Clock) -> None:
    page.sign_in(alina)
    clock.move(minutes=11)
    answer = sent(page, "/settings/account/address", {}, status=303)
    assert answer.location == "/settings/security/proof?next=/settings/security"
    assert "signed out" not in page.get(answer.location).texts(".toast-note")[0]


@pytest.mark.needs_feature("follows")
def test_a_button_of_somebody_who_is_signed_out_leads_to_sign_in_and_back(page: Page, bob: Account) -> None:
    here = f"http://localhost/people/{bob.id}"
    answer = sent(page, f"/people/{bob.id}/follow", {}, status=303, headers={"Referer": here})
    assert answer.location == f"/login?next=/people/{bob.id}"
    assert "You were signed out" in page.get(answer.location).texts(".toast-note")[0]


def forms(app: Flask) -> list[str]:
    """Return a path of each view of pages that takes forms."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and "/api/" not in rule.rule]
    return [re.sub(r"<[^>]+>", "x", re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule.rule)) for rule in rules]


@pytest.mark.parametrize("name", ["visitor", "wanda", "alina", "mona"])
def test_whoever_sends_a_stale_form_gets_it_back_or_learns_why_not(
    page: Page, name: str, request: pytest.FixtureRequest
) -> None:
    if name != "visitor":
        page.sign_in(request.getfixturevalue(name))
    answers = {path: page.client.post(path, data={"csrf_token": "old", "text": "x"}) for path in forms(page.app)}
    statuses = {path: answer.status_code for path, answer in answers.items()}
    assert {path for path, status in statuses.items() if status not in {303, 400, 401, 403, 404}} == set()
    assert statuses["/admin/settings"] == {"visitor": 401}.get(name, 403)
    assert statuses["/events/new"] == {"visitor": 401, "wanda": 403}.get(name, 400)
