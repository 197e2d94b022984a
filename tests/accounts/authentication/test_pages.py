"""The pages for signing in and re-authentication, in a browser without scripts."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from tests.accounts.pages import SECURITY, hidden_value, sent_code, toasts
from tests.accounts.people import EMAIL, PASSWORD, add_authenticator, change
from tests.accounts.sent_messages import sent_messages
from tests.conftest import Clock
from tests.support.clients import Page


def test_sign_in_by_emailed_code_redirects_to_the_next_url(app: PortalFlask, page: Page, person: Account) -> None:
    offered = page.get("/login?next=/events")
    by_mail = offered.soup.select_one("a[href^='/login/code']")
    assert by_mail is not None
    asked = page.get(str(by_mail["href"]))
    page.post("/login/code", {"email": EMAIL, "next": hidden_value(asked, "next")})
    shown = page.get("/login/code/enter")
    assert EMAIL in shown.text
    wrong = page.post("/login/code/enter", {"code": "000000"}, status=422)
    assert "This code is wrong" in wrong.text
    assert page.post("/login/code/enter", {"code": sent_code(app)}).location == "/events"
    page.get("/home")


def test_sign_in_by_code_shows_the_same_pages_for_unknown_emails(page: Page, person: Account) -> None:
    pages = []
    for email in (EMAIL, "nobody@demo.example"):
        page.post("/login/code", {"email": email})
        shown = page.get("/login/code/enter").text
        pages.append(shown.replace(email, "…"))
    assert pages[0] == pages[1]


def test_sign_in_code_is_requested_again_by_a_button_after_a_minute(page: Page, person: Account) -> None:
    page.post("/login/telegram", {"email": EMAIL, "next": "/map"})
    shown = page.get("/login/code/enter")
    repeated = page.post(
        "/login/telegram", {"email": hidden_value(shown, "email"), "next": hidden_value(shown, "next")}
    )
    assert "in a minute" in toasts(page.get(repeated.location))


def test_sign_in_code_page_redirects_to_the_request_page(page: Page) -> None:
    assert page.get("/login/code/enter", status=303).location == "/login/code"


def test_sign_in_accepts_authenticator_and_recovery_codes_as_second_factor(
    app: PortalFlask, page: Page, person: Account
) -> None:
    totp = add_authenticator(app, person)
    first = page.post("/login", {"email": EMAIL, "password": PASSWORD, "next": "/map"})
    assert first.location == "/login/second-step"
    assert "recovery code" in page.get("/login/second-step").text
    assert page.post("/login/second-step", {"code": totp.at(now())}).location == "/map"
    kept = page.post(f"{SECURITY}/recovery-codes", status=200).texts("#recovery-codes code")
    page.post("/logout")
    page.post("/login", {"email": EMAIL, "password": PASSWORD})
    assert page.post("/login/second-step", {"code": kept[0].upper()}).location == "/home"
    assert "9 codes are left" in page.get(SECURITY).text


def test_sign_in_resends_the_second_factor_code_after_a_minute(
    app: PortalFlask, page: Page, person: Account, clock: Clock
) -> None:
    change(app, person, second_factor="mail")
    page.post("/login", {"email": EMAIL, "password": PASSWORD})
    page.post("/login/second-step/resend")
    assert "seconds" in toasts(page.get("/login/second-step"))
    clock.move(seconds=61)
    page.post("/login/second-step/resend")
    assert "sent you a new code" in toasts(page.get("/login/second-step"))
    assert page.post("/login/second-step", {"code": sent_code(app)}).location == "/home"


def test_sign_in_starts_again_without_a_first_factor(page: Page) -> None:
    assert page.get("/login/second-step", status=303).location == "/login"
    assert "no longer works" in page.post("/login/second-step", {"code": "123456"}, status=422).text


def test_reauthentication_redirects_to_the_requested_page(page: Page, person: Account, clock: Clock) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    form_url = page.get("/settings/account/address", status=303).location
    wrong = page.post(f"{SECURITY}/proof", {"password": "wrong", "next": "/settings/account/address"}, status=422)
    assert wrong.texts("#password-field .field-error")
    page.post(f"{SECURITY}/proof", {"next": "/settings/account/address"}, status=422)
    answer = {"password": PASSWORD, "next": hidden_value(page.get(form_url), "next")}
    assert page.post(f"{SECURITY}/proof", answer).location == "/settings/account/address"
    page.get("/settings/account/address")


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://localhost/settings/security?x=1", "/settings/security?x=1"),
        ("http://evil.example/settings/account", SECURITY),
        ("http://localhost/settings/security/recovery-codes", SECURITY),
        ("http://localhost//evil.example", SECURITY),
        ("", SECURITY),
    ],
)
def test_reauthentication_for_a_form_leads_back_to_its_page(
    page: Page, person: Account, clock: Clock, referrer: str, expected: str
) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    answer = page.post(f"{SECURITY}/second-step", {"factor": "mail"}, headers={"Referer": referrer})
    shown = page.get(answer.location)
    assert hidden_value(shown, "next") == expected
    assert "Confirm it's you" in toasts(shown)


def test_reauthentication_redirects_htmx_requests(page: Page, person: Account, clock: Clock) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/settings/account"}
    answer = page.request("GET", "/settings/account/address", status=200, headers=asked)
    assert answer.headers["HX-Redirect"] == f"{SECURITY}/proof?next=/settings/account"


def test_reauthentication_by_authenticator_app_sends_no_code(
    app: PortalFlask, page: Page, person: Account, clock: Clock
) -> None:
    totp = add_authenticator(app, person)
    page.sign_in(person)
    clock.move(minutes=11)
    shown = page.get(f"{SECURITY}/proof")
    assert "Email me a code" not in shown.text
    page.post(f"{SECURITY}/proof/code")
    assert sent_messages(app, EMAIL) == []
    assert page.post(f"{SECURITY}/proof", {"code": totp.at(now())}).location == SECURITY


def test_reauthentication_never_redirects_to_another_site(page: Page, person: Account) -> None:
    page.sign_in(person)
    answer = page.post(f"{SECURITY}/proof", {"password": PASSWORD, "next": "//evil.example"})
    assert "evil" not in answer.location
