"""What somebody sees and may do who has confirmed their email and waits for the office."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.accounts.status import decisions
from portal.application import PortalFlask
from portal.audit.services import record
from portal.core.actor import Actor, Channel
from portal.core.approval import Approval
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import NotFound, WaitingForOffice
from portal.events import outlines
from portal.events import services as events
from portal.events.audit_actions import EventAction
from portal.permissions.catalogue import MODERATORS
from portal.profiles.models import Audience
from tests.accounts.people import PASSWORD, REGISTRATION, change, decide, make_person
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.conftest import Clock
from tests.factories import live_in, make_account, make_city, make_event
from tests.support.clients import Api, Page

WAITING_MAIL = "accounts.waiting"
HEADING = "The alumni office is reviewing your registration"
MAP = [pytest.param(path, marks=pytest.mark.needs_feature("alumni_map")) for path in ("/map", "/map/data.json")]


@pytest.fixture
def hers(app: PortalFlask, wanda: Account) -> Page:
    return Page(app).sign_in(wanda)


def office(account: Account, *permissions: str) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(permissions))


def register(page: Page, **values: str) -> None:
    assert page.post("/register", {**REGISTRATION, **values}).location == "/register/done"


def mailed(app: PortalFlask, kind: str = WAITING_MAIL, email: str = REGISTRATION["email"]) -> dict[str, Any]:
    payload = payload_of(app, email, kind)
    return {"token": payload["url"].partition("token=")[2], "code": payload["code"]}


def test_confirming_the_email_leads_into_the_waiting_area(app: PortalFlask, page: Page) -> None:
    register(page)
    answer = page.post("/verify", {"token": mailed(app)["token"]})
    assert answer.location == "/home"
    assert page.get("/home", status=303).location == "/waiting"
    shown = page.get("/waiting")
    assert shown.texts("h1") == [HEADING]
    assert REGISTRATION["email"] in shown.text
    assert shown.soup.select("main time")


def test_whoever_has_not_confirmed_the_email_cannot_sign_in(app: PortalFlask) -> None:
    page = Page(app)
    register(page)
    refused = Page(app).post(
        "/login", {"email": REGISTRATION["email"], "password": REGISTRATION["password"]}, status=422
    )
    assert "not confirmed" in refused.text
    assert refused.soup.select('a[href="/verify/resend"]')


@pytest.mark.parametrize("way", ["password", "code"])
def test_whoever_waits_signs_in_on_pages_by_each_way(app: PortalFlask, page: Page, way: str) -> None:
    make_person(app, "waits@demo.example", waiting=True)
    if way == "password":
        page.post("/login", {"email": "waits@demo.example", "password": PASSWORD})
    else:
        page.post("/login/code", {"email": "waits@demo.example"})
        page.post("/login/code/enter", {"code": payload_of(app, "waits@demo.example", "accounts.code")["code"]})
    assert page.get("/waiting").texts("h1") == [HEADING]


def test_the_api_still_refuses_whoever_waits(app: PortalFlask, api: Api, hers: Page, wanda: Account) -> None:
    make_person(app, "waits@demo.example", waiting=True)
    body = {"email": "waits@demo.example", "password": PASSWORD}
    assert api.post("/api/v1/auth/login", json=body, status=401)["code"] == "not_verified"
    api.post("/api/v1/auth/login/otp/request", json={"email": "waits@demo.example"})
    assert sent_messages(app, "waits@demo.example") == []
    Api(app).sign_in(wanda).get("/api/v1/profile/me", status=401)


def test_a_code_over_the_api_neither_confirms_nor_uses_up(app: PortalFlask, page: Page, api: Api) -> None:
    register(page)
    sent = mailed(app)
    body = {"email": REGISTRATION["email"], "verification_code": sent["code"]}
    api.post("/api/v1/auth/verify", json=body, status=400)
    assert page.post("/register/done", {"code": sent["code"]}).location == "/home"


def test_she_completes_her_profile(app: PortalFlask, hers: Page, wanda: Account) -> None:
    form = hers.get("/settings/profile")
    values = {
        str(field["name"]): str(field.get("value", ""))
        for field in form.soup.select("main form input[name]:not([type=file]):not([type=checkbox]):not([type=submit])")
        if field["name"] != "csrf_token"
    }
    hers.post("/settings/profile", {**values, "work": "Gardener", "graduation_year": "2019"})
    assert "Gardener" in hers.get("/people/me").text
    hers.get("/people/me?as=alumni")
    hers.get("/settings/privacy")
    assert hers.get(f"/people/{wanda.id}").texts("h1") == ["Wanda Demo"]


def test_events_are_shown_without_people(app: PortalFlask, hers: Page, alina: Account, bob: Account) -> None:
    shown = make_event(alina, title="Spring walk", description="Along the river.", capacity=37, going=(bob,))
    hidden = make_event(alina, title="Not yet approved", approval=Approval.PENDING)
    online = make_event(alina, title="Online talk", is_online=True, place="https://meet.example/secret")
    for path in ("/events", f"/events/{shown.id}", "/waiting", f"/events/{online.id}"):
        page = hers.get(path)
        text = page.response.get_data(as_text=True)
        assert ("Spring walk" in text) or path.endswith(str(online.id))
        for secret in ("Alina", "Bob", "37", "going,", str(alina.id), "Not yet approved", "meet.example"):
            assert secret not in page.text, (path, secret)
        assert not page.soup.select("form[action*='/join'], a[href*='/people/'][href*='-']")
    hers.get(f"/events/{hidden.id}", status=404)
    hers.get(f"/events/{shown.id}/people", status=403)


def test_times_of_events_name_the_place_and_her_own_time(app: PortalFlask, hers: Page, alina: Account) -> None:
    kazan = make_city("Kazan", "Russia", name_ru="Казань")
    times: dict[str, Any] = {
        "starts_at": datetime(2031, 12, 6, 15, 0, tzinfo=UTC),
        "starts_local": datetime.fromisoformat("2031-12-06T18:00"),
        "ends_at": datetime(2031, 12, 6, 17, 0, tzinfo=UTC),
    }
    make_event(alina, title="Walk", city_id=kazan.id, **times)
    make_event(alina, title="Call", city_id=None, is_online=True, **times)
    hers.client.set_cookie("portal-time-zone", "Europe/Berlin")
    for path in ("/events", "/waiting"):
        rows = " ".join(hers.get(path).texts("#coming-events .row-note"))
        assert "18:00 in Kazan" in rows
        assert "18:00 Moscow time" in rows
        assert rows.count("16:00 for you") == 2


def test_the_list_of_events_says_when_it_is_not_all(
    hers: Page, alina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines.upcoming, "__defaults__", (2,))
    monkeypatch.setattr(outlines, "LISTED_MAX", 2)
    make_event(alina, title="Walk")
    assert "later ones follow" not in hers.get("/events").text
    make_event(alina, title="Call")
    assert "These are the next 2; later ones follow when these are over." in hers.get("/events").text


def test_her_own_old_event_is_shown_without_her_rights(app: PortalFlask, hers: Page, wanda: Account) -> None:
    event = make_event(wanda, title="From before", approval=Approval.PENDING)
    hers.get(f"/events/{event.id}", status=404)
    hers.get(f"/events/{event.id}/edit", status=403)
    hers.post(f"/events/{event.id}/cancel", status=403)


@pytest.mark.parametrize("path", ["/people", *MAP, "/events/new", "/events/mine", "/settings/security"])
def test_closed_pages_say_when_they_open(hers: Page, path: str) -> None:
    refused = hers.get(path, status=403)
    assert refused.texts("h1") == ["Not open yet"]
    assert "once the alumni office has let you in" in refused.text
    assert refused.element("main a")["href"] == "/home"
    fragment = hers.get(path, status=403, headers={"HX-Request": "true"})
    assert fragment.texts("h1") == ["Not open yet"]


def test_closed_pages_speak_russian(app: PortalFlask, wanda: Account) -> None:
    change(app, wanda, locale="ru")
    page = Page(app).sign_in(wanda)
    assert page.get("/people", status=403).texts("h1") == ["Пока закрыто"]
    assert page.get("/waiting").texts("h1") == ["Отдел по работе с выпускниками рассматривает вашу заявку"]


def test_people_are_as_visitors_see_them(app: PortalFlask, hers: Page, alina: Account) -> None:
    assert hers.get(f"/people/{alina.id}", status=403).texts("h1") == ["Not open yet"]
    unknown = hers.get("/people/01890a5d-ac96-774b-bcce-b302099a8057", status=403)
    assert unknown.texts("h1") == ["Not open yet"]
    live_in(alina, make_city("Kazan"), Audience.PUBLIC)
    shown = hers.get(f"/people/{alina.id}")
    assert "Kazan" in shown.text
    assert "2019" not in shown.text
    assert "Sign in to see more" not in shown.text


@pytest.mark.needs_feature("alumni_map")
def test_the_public_map_is_open_and_asks_nobody_to_register_again(page: Page, hers: Page) -> None:
    assert "/#map-heading" in [link["href"] for link in hers.get("/waiting").soup.select("main a")]
    shown = hers.get("/")
    assert shown.texts(".stat") == page.get("/").texts(".stat")
    assert shown.soup.select("#map-heading")
    assert not shown.soup.select("main a[href='/register']")


def test_menus_hold_what_is_open(hers: Page) -> None:
    shown = hers.get("/waiting")
    assert shown.texts(".topnav a") == ["Events"]
    assert shown.texts(".bottombar > a, .bottombar summary") == ["Home", "Events", "Me"]
    assert shown.soup.select_one(".bottombar [aria-current]")


def test_services_refuse_whoever_waits(app: PortalFlask, wanda: Account, alina: Account) -> None:
    event = make_event(alina)
    actor = Actor(Channel.PAGE, account_id=wanda.id, is_waiting=True)
    with app.app_context(), unit_of_work():
        for act, target in ((events.join, event.id), (events.leave, event.id)):
            with pytest.raises((NotFound, WaitingForOffice)):
                act(actor, target)
        with pytest.raises(WaitingForOffice):
            record(actor, EventAction.CREATE)


@pytest.mark.needs_feature("follows")
def test_nobody_is_followed_by_whoever_waits(hers: Page, alina: Account) -> None:
    refused = hers.post(f"/people/{alina.id}/follow", status=403)
    assert refused.texts("h1") == ["Not open yet"]


def test_decisions_of_the_office_count_on_the_next_request(app: PortalFlask, adam: Account) -> None:
    people = {name: make_account(f"{name}@demo.example", waiting=True) for name in ("accepted", "declined", "again")}
    pages = {name: Page(app).sign_in(account) for name, account in people.items()}
    for page in pages.values():
        page.get("/waiting")
    actor = office(adam, "people:verify", "people:ban")
    decide(app, decisions.verify, actor, people["accepted"].id)
    decide(app, decisions.ban, actor, people["declined"].id, reason="Unknown.")
    assert pages["accepted"].get("/waiting", status=303).location == "/home"
    pages["accepted"].get("/people")
    assert pages["declined"].get("/waiting", status=303).location.startswith("/login")


def test_whoever_is_sent_back_to_waiting_sees_since_when(app: PortalFlask, adam: Account, clock: Clock) -> None:
    person = make_person(app, groups=(MODERATORS,))
    make_account(groups=("administrators",))
    clock.move(days=3)
    decide(app, decisions.unverify, office(adam, "people:verify"), person.id)
    clock.move(hours=5)
    page = Page(app)
    page.post("/login", {"email": person.email, "password": PASSWORD})
    shown = page.get("/waiting")
    assert "withdrawn 5 hours ago" in shown.text
    assert page.get("/admin", status=403).texts("h1") == ["Not open yet"]


def test_members_have_no_waiting_page(page: Page, alina: Account) -> None:
    assert page.sign_in(alina).get("/waiting", status=303).location == "/home"


def test_her_profile_form_says_nothing_about_how_many_there_are(hers: Page, alina: Account, bob: Account) -> None:
    form = hers.get("/settings/profile")
    assert "once you are in" in form.text
    assert not re.search(r"\d+ (person|people)", form.text)
