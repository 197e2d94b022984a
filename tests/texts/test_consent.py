"""Consent to the privacy notice: at registration, after sign-in, and when the notice changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.texts import queries, services
from portal.texts.models import PrivacyConsent, TextKind
from portal.texts.services import TextChange
from tests.accounts.people import PASSWORD, REGISTRATION, login, make_person
from tests.factories import make_account
from tests.support.clients import Api, Page, PageResponse

CHANGED = "The privacy notice has changed meanwhile. Read what is new, then continue."


def change_notice(app: PortalFlask, official: Account, text: str = "New rules.") -> None:
    actor = Actor(
        Channel.PAGE, account_id=official.id, permissions=frozenset({"settings:change"}), authenticated_at=now()
    )
    with app.app_context(), unit_of_work():
        replaced = str(queries.current(TextKind.PRIVACY).id or "")
        services.change_text(actor, TextChange(TextKind.PRIVACY, text, "Новые правила.", replaced, asks_again=True))


def consents(app: PortalFlask, email: str) -> list[int]:
    with app.app_context():
        account = accounts.find_by_email(email)
        assert account is not None
        mine = db.select(PrivacyConsent.version).where(PrivacyConsent.account_id == account.id)
        return list(db.session.scalars(mine.order_by(PrivacyConsent.version)))


def agreements(app: PortalFlask) -> list[int]:
    with app.app_context():
        entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "texts.agree"))
        return [int(str(entry.details["version"])) for entry in entries]


def hidden(page: PageResponse, name: str) -> str:
    return str(page.element(f"main input[type=hidden][name={name}]")["value"])


def agree(page: Page, path: str) -> str:
    """Press the one button of the notice that stands before ``path``, and return where it leads."""
    led = page.get(path, status=303).location
    assert led.startswith("/privacy/agree?next=")
    shown = page.get(led)
    assert len(shown.soup.select("main .btn-primary")) == 1
    return page.post("/privacy/agree", {"version": hidden(shown, "version"), "next": hidden(shown, "next")}).location


def test_registering_records_the_consent_with_its_version(app: PortalFlask, page: Page, adam: Account) -> None:
    change_notice(app, adam)
    form = page.get("/register")
    assert "version 2" in form.text
    links = {str(link["href"]) for link in form.soup.select("#privacy-notice a")}
    assert links == {"/privacy", "/help"}
    page.post("/register", {**REGISTRATION, "privacy_version": hidden(form, "privacy_version")})
    assert consents(app, REGISTRATION["email"]) == [2]
    assert agreements(app) == [2]


def test_a_notice_that_changes_meanwhile_brings_the_form_back_with_all_that_was_typed(
    app: PortalFlask, page: Page, adam: Account
) -> None:
    seen = hidden(page.get("/register"), "privacy_version")
    change_notice(app, adam)
    typed = {**REGISTRATION, "telegram_alias": "kamila_l", "privacy_version": seen}
    shown = page.post("/register", typed, status=422)
    assert CHANGED in shown.text
    assert "version 2" in shown.text
    for name in ("first_name", "last_name", "email", "password", "telegram_alias"):
        assert shown.element(f"#{name}")["value"] == typed[name], name
    assert shown.element("#graduation_year option[selected]")["value"] == typed["graduation_year"]
    assert "no-store" in shown.response.headers["Cache-Control"]
    with app.app_context():
        assert accounts.find_by_email(typed["email"]) is None
    page.post("/register", {**typed, "privacy_version": hidden(shown, "privacy_version")})
    assert consents(app, typed["email"]) == [2]


def test_a_form_that_is_out_of_date_says_too_that_the_notice_has_changed(
    app: PortalFlask, page: Page, adam: Account
) -> None:
    typed = {**REGISTRATION, "privacy_version": hidden(page.get("/register"), "privacy_version")}
    assert CHANGED not in page.post("/register", {**typed, "csrf_token": "lost"}, status=400).text
    change_notice(app, adam)
    assert CHANGED in page.post("/register", {**typed, "csrf_token": "lost"}, status=400).text


def test_no_other_refusal_puts_the_password_into_the_page(app: PortalFlask, page: Page, adam: Account) -> None:
    seen = hidden(page.get("/register"), "privacy_version")
    for version in (seen, "7"):
        shown = page.post("/register", {**REGISTRATION, "email": "kamila@", "privacy_version": version}, status=422)
        assert REGISTRATION["password"] not in shown.response.get_data(as_text=True)


@pytest.mark.parametrize("version", ["", "0", "99", "one", "-1"])
def test_a_made_up_version_registers_nobody(app: PortalFlask, page: Page, version: str) -> None:
    page.post("/register", {**REGISTRATION, "privacy_version": version}, status=422)
    with app.app_context():
        assert accounts.find_by_email(REGISTRATION["email"]) is None


@pytest.mark.parametrize("path", ["/people?q=anna&sort=newest", "/events", "/settings/privacy"])
def test_a_changed_notice_stands_before_the_next_page_and_keeps_the_target(
    app: PortalFlask, page: Page, alina: Account, adam: Account, path: str
) -> None:
    page.sign_in(alina)
    page.get(path)
    change_notice(app, adam)
    assert agree(page, path) == path
    page.get(path)
    assert consents(app, alina.email) == [1, 2]
    assert agreements(app) == [2]


def test_another_device_of_the_person_is_not_asked_again(app: PortalFlask, alina: Account, adam: Account) -> None:
    change_notice(app, adam)
    agree(Page(app).sign_in(alina), "/events")
    Page(app).sign_in(alina).get("/events")


def test_the_notice_comes_after_sign_in(app: PortalFlask, page: Page) -> None:
    make_person(app, "old@demo.example", agreed=False)
    credentials = {"email": "old@demo.example", "password": PASSWORD, "next": "/events?q=walk"}
    assert page.post("/login", credentials).location == "/events?q=walk"
    shown = page.get(page.get("/events?q=walk", status=303).location)
    assert shown.texts("h1") == ["How we handle your data"]
    assert agree(page, "/events?q=walk") == "/events?q=walk"


def test_people_who_wait_agree_too(app: PortalFlask, page: Page) -> None:
    page.sign_in(make_account("waits@demo.example", waiting=True, agreed=False), agreed=False)
    assert agree(page, "/waiting") == "/waiting"
    page.get("/waiting")


def test_texts_and_signing_out_stay_open_before_agreeing(app: PortalFlask, page: Page) -> None:
    page.sign_in(make_account(agreed=False), agreed=False)
    for path in ("/privacy", "/help", "/contact"):
        page.get(path)
    assert page.post("/logout").location == "/"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_target_is_a_page_of_the_portal(app: PortalFlask, page: Page, alina: Account, path: str) -> None:
    page.sign_in(alina)
    assert page.post("/privacy/agree", {"version": "1", "next": path}).location == "/"


def test_a_notice_that_changes_while_it_is_read_is_shown_again(
    app: PortalFlask, page: Page, alina: Account, adam: Account
) -> None:
    page.sign_in(alina)
    change_notice(app, adam)
    seen = hidden(page.get("/privacy/agree?next=/events"), "version")
    change_notice(app, adam, "Newer rules.")
    again = page.post("/privacy/agree", {"version": seen, "next": "/events"}, status=422)
    assert CHANGED in again.text
    assert (hidden(again, "version"), hidden(again, "next")) == ("3", "/events")
    assert consents(app, alina.email) == [1]


def test_a_second_press_changes_nothing(app: PortalFlask, page: Page, alina: Account, adam: Account) -> None:
    page.sign_in(alina)
    change_notice(app, adam)
    for _press in range(2):
        assert page.post("/privacy/agree", {"version": "2", "next": "/events"}).location == "/events"
    assert agreements(app) == [2]


def test_pressing_at_once_in_two_tabs_records_it_once(committed: PortalFlask, alina: Account, adam: Account) -> None:
    change_notice(committed, adam)
    pages = [Page(committed).sign_in(alina) for _number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(
            lambda one: one.client.post("/privacy/agree", data={"version": "2", **one.csrf()}).status_code, pages
        )
    assert set(answers) == {303}
    assert agreements(committed) == [2]


def test_the_api_is_never_stopped(app: PortalFlask, api: Api, adam: Account) -> None:
    api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    assert consents(app, REGISTRATION["email"]) == []
    make_person(app, agreed=False)
    change_notice(app, adam)
    api.headers = {"Authorization": f"Bearer {login(api)['access_token']}"}
    api.get("/api/v1/profile/me")
    api.get("/api/v1/events/")


@pytest.mark.needs_feature("alumni_map")
def test_a_fragment_and_a_picture_are_not_led_astray(page: Page, alina: Account, app: PortalFlask) -> None:
    page.sign_in(make_account(agreed=False), agreed=False)
    page.get("/people", headers={"HX-Request": "true"})
    page.get("/map/data.json", headers={"Sec-Fetch-Mode": "cors"})
    page.get("/people", status=303)
