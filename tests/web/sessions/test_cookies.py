"""Our cookies have names of their own, and cookies of these names from elsewhere change nothing, in whatever order."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from flask import Flask

from config import Environment, Settings
from portal.accounts.models import Account
from portal.application import PortalFlask, build
from portal.web.http.cookies import LOCALE, SESSION, THEME, TIME_ZONE, cookie_name
from portal.web.i18n.selection import select_time_zone
from tests import factories
from tests.support.clients import Page

PURPOSES = (SESSION, THEME, LOCALE, TIME_ZONE)
GENERIC = {"session", "theme", "locale", "time_zone", "remember_token"}
SECRETS: dict[str, Any] = dict.fromkeys(("secret_key", "email_hash_secret"), "k" * 40)


def production() -> PortalFlask:
    return build(Settings(environment=Environment.PROD, public_url="https://alumni.example", **SECRETS))


@pytest.mark.parametrize("environment", [Environment.PROD, Environment.STAGING])
def test_production_names_cannot_be_set_by_another_host(environment: Environment) -> None:
    app = build(Settings(environment=environment, public_url="https://alumni.example", **SECRETS))
    with app.app_context():
        assert {cookie_name(purpose) for purpose in PURPOSES} == {
            "__Host-portal-session",
            "__Host-portal-theme",
            "__Host-portal-locale",
            "__Host-portal-time-zone",
        }
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-portal-session"
    assert app.config["REMEMBER_COOKIE_NAME"].startswith("__Host-")


def test_production_sets_them_as_the_prefix_demands() -> None:
    """Browsers refuse such a cookie unless it is secure, for the whole host and for no domain."""
    app = production()
    with app.test_request_context("/", base_url="https://alumni.example") as context:
        context.session["kept"] = "x"
        response = app.make_response("")
        app.session_interface.save_session(app, context.session, response)
        set_cookie = response.headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-portal-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_cookie.split("; "))
    assert "Domain" not in set_cookie


def test_no_cookie_has_a_generic_name(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    for path, data in (("/preferences/theme", {"theme": "dark"}), ("/preferences/locale", {"locale": "ru"})):
        page.post(path, data)
    page.get("/login", status=303)
    names = {cookie.key for cookie in (page.client._cookies or {}).values()}  # Werkzeug lists them nowhere else
    assert {name.removeprefix("portal-") for name in names} == {"session", "theme", "locale"}
    assert names & GENERIC == set()


def with_cookies(*pairs: tuple[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pairs)}


def own_session(page: Page, account: Account) -> tuple[str, str]:
    page.sign_in(account)
    cookie = page.client.get_cookie("portal-session")
    assert cookie is not None
    return "portal-session", cookie.value


FOREIGN = [
    ("session", "of-a-sister-site"),
    ("session", "eyJhIjoxfQ.aaaaaa.bbbbbbbb"),
    ("portal-session", "not-signed-by-us"),
    ("portal-session", ""),
]


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("comes_first", [True, False])
def test_cookies_of_another_site_do_not_sign_out(
    page: Page, alina: Account, foreign: tuple[str, str], comes_first: bool
) -> None:
    own = own_session(page, alina)
    fresh = page.app.test_client(use_cookies=False)
    pairs = (foreign, own) if comes_first else (own, foreign)
    assert fresh.get("/home", headers=with_cookies(*pairs)).status_code == 200
    assert fresh.get("/home", headers=with_cookies(foreign)).status_code == 303


@pytest.mark.parametrize("comes_first", [True, False])
def test_of_two_sessions_of_ours_the_later_counts(
    page: Page, alina: Account, bob: Account, comes_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = own_session(page, alina)
    signed = time.time()
    monkeypatch.setattr(time, "time", lambda: signed + 100)
    later = own_session(page, bob)
    pairs = (later, earlier) if comes_first else (earlier, later)
    shown = page.app.test_client(use_cookies=False).get("/home", headers=with_cookies(*pairs))
    assert b"Bob Demo" in shown.data


@pytest.mark.parametrize(("name", "values"), [("portal-theme", ("dark", "light")), ("portal-locale", ("ru", "en"))])
def test_choices_that_contradict_each_other_count_for_nothing(app: Flask, name: str, values: tuple[str, str]) -> None:
    client = app.test_client(use_cookies=False)
    seen = set()
    for pair in itertools.permutations(values):
        shown = client.get("/nothing", headers=with_cookies(*((name, value) for value in pair)))
        seen.add(shown.text.partition("<head>")[0])
    assert seen == {client.get("/nothing").text.partition("<head>")[0]}


@pytest.mark.parametrize("foreign", ["nonsense", "", "DARK"])
def test_an_impossible_choice_beside_ours_is_ignored(app: Flask, foreign: str) -> None:
    client = app.test_client(use_cookies=False)
    for pair in itertools.permutations((("portal-theme", foreign), ("portal-theme", "dark"))):
        assert 'data-bs-theme="dark"' in client.get("/nothing", headers=with_cookies(*pair)).text


@pytest.mark.parametrize("name", ["theme", "locale", "time_zone"])
def test_generic_cookies_of_a_sister_site_are_not_read(app: Flask, name: str) -> None:
    value = {"theme": "dark", "locale": "ru", "time_zone": "Asia/Tokyo"}[name]
    shown = app.test_client(use_cookies=False).get("/nothing", headers=with_cookies((name, value)))
    assert '<html lang="en">' in shown.text
    with app.test_request_context(headers=with_cookies((name, value))):
        app.preprocess_request()
        assert select_time_zone() is None


def test_the_time_zone_is_read_from_its_cookie(app: Flask) -> None:
    for zone, expected in (("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", None)):
        with app.test_request_context(headers=with_cookies(("portal-time-zone", zone))):
            app.preprocess_request()
            assert select_time_zone() == expected


def test_a_session_that_was_ended_is_not_revived_by_another_cookie(page: Page, alina: Account) -> None:
    own = own_session(page, alina)
    factories.end_sign_ins(alina)
    client = page.app.test_client(use_cookies=False)
    assert client.get("/home", headers=with_cookies(own, own)).status_code == 303


def test_signing_out_has_the_browser_forget_its_pages(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    assert page.get("/session/owner").response.text == str(alina.id)
    for path in ("/logout", "/settings/security/sign-ins/end-all"):
        page.sign_in(alina)
        assert page.post(path).response.headers["Clear-Site-Data"] == '"cache"'
        assert page.get("/session/owner").response.text == ""
