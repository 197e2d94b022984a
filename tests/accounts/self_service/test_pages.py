"""The pages of one's own account, in a browser without scripts."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from portal.accounts.models import Account, AccountWarning
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from portal.core.clock import now
from tests.accounts.pages import NEW_PASSWORD, SECURITY, hidden_value, sent_code, sent_link, toasts, token_of
from tests.accounts.people import EMAIL, PASSWORD, add_authenticator, change, link_chat, set_switch
from tests.accounts.sent_messages import sent_messages
from tests.conftest import Clock
from tests.factories import make_sign_in, save
from tests.support.clients import Page


def test_forgotten_password_is_reset_by_an_emailed_link(app: PortalFlask, page: Page, person: Account) -> None:
    page.post("/password/forgot", {"email": EMAIL})
    url = sent_link(app, EMAIL, "accounts.reset_password")
    page.get(url)
    weak = page.post("/password/reset", {**token_of(url), "new_password": "password"}, status=422)
    assert weak.texts("#new_password-field .field-error")
    page.post("/password/reset", {**token_of(url), "new_password": NEW_PASSWORD})
    used = page.get(url, status=400)
    assert used.texts("main a.btn") == ["Send a new link"]
    page.post("/login", {"email": EMAIL, "password": NEW_PASSWORD})


@pytest.mark.parametrize("email", [EMAIL, "nobody@demo.example"])
@pytest.mark.parametrize("path", ["/password/forgot", "/verify/resend"])
def test_a_requested_link_is_confirmed_on_a_page_that_stays(page: Page, person: Account, path: str, email: str) -> None:
    sent = page.post(path, {"email": email})
    for _reload in range(2):
        shown = page.get(str(sent.location))
        assert shown.texts("h1") == ["Check your email"]
        assert shown.texts(".typed-address") == [email]
        assert not toasts(shown)
    again = page.get(path)
    assert again.soup.select(f"#email[value='{email}']")


@pytest.mark.parametrize("path", ["/password/forgot", "/verify/resend"])
def test_nothing_is_said_to_be_sent_before_it_was_requested(page: Page, path: str) -> None:
    assert page.get(f"{path}?sent=yes").soup.select("main #email")


def test_settings_are_stored_in_the_account_and_in_the_browser(app: PortalFlask, page: Page, person: Account) -> None:
    change(app, person, time_zone="Asia/Calcutta")
    page.sign_in(person)
    shown = page.get("/settings/account")
    assert shown.texts("#time_zone option[selected]") == ["Kolkata, UTC+5:30"]
    page.post("/settings/account", {"locale": "ru", "theme": "dark", "time_zone": "Europe/Berlin"})
    saved = page.get("/settings/account")
    assert "Настройки сохранены" in toasts(saved)
    assert saved.texts("#time_zone option[selected]")[0].startswith("Берлин")
    page.post("/logout")
    assert 'lang="ru" data-bs-theme="dark"' in page.request("GET", "/login", status=200).get_data(as_text=True)


def test_settings_of_browser_and_system_can_be_chosen(app: PortalFlask, page: Page, person: Account) -> None:
    page.post("/preferences/theme", {"theme": "dark"})
    page.post("/preferences/locale", {"locale": "ru"})
    page.sign_in(person)
    page.post("/settings/account", {"locale": "", "theme": "", "time_zone": ""})
    shown = page.get("/settings/account").soup
    assert shown is not None
    assert shown.select("html[lang=en]:not([data-bs-theme])")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd"])
def test_unknown_time_zone_is_refused(page: Page, person: Account, zone: str) -> None:
    page.sign_in(person).post("/settings/account", {"locale": "", "theme": "", "time_zone": zone}, status=422)


def test_security_page_lists_sessions_and_ends_them(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    phone = Page(app)
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    phone.post("/login", {"email": EMAIL, "password": PASSWORD}, headers={"User-Agent": agent})
    shown = page.get(SECURITY)
    assert any("Firefox Mobile on Android" in title for title in shown.texts("#sign-ins .row-title"))
    assert "127.0.0.x" in shown.text
    assert len(shown.texts("#sign-ins .tag")) == 1
    [ending] = shown.soup.select("#sign-ins form:has([aria-label*='Firefox'])")
    page.post(str(ending["action"]))
    phone.get("/home", status=303)
    assert len(page.get(SECURITY).texts("#sign-ins .row-item")) == 1


def test_signing_out_everywhere_else_and_everywhere(app: PortalFlask, page: Page, person: Account) -> None:
    other = Page(app).sign_in(person)
    page.sign_in(person)
    page.post(f"{SECURITY}/sign-ins/end-others")
    other.get("/home", status=303)
    page.get("/home")
    page.post(f"{SECURITY}/sign-ins/end-all")
    page.get("/home", status=303)


def test_ending_the_current_session_signs_out(page: Page, person: Account) -> None:
    shown = page.sign_in(person).get(SECURITY).soup
    assert shown is not None
    page.post(str(shown.select_one("#sign-ins .rows form")["action"]))  # type: ignore[index]  # it is there
    page.get("/home", status=303)


def test_authenticator_app_is_set_up_in_two_steps(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    begin = page.get(f"{SECURITY}/authenticator")
    assert begin.texts("main .btn-primary") == ["Show the QR code"]
    page.post(f"{SECURITY}/authenticator/key")
    shown = page.get(f"{SECURITY}/authenticator")
    assert shown.soup.select(".qr[role=img][aria-label] svg")
    totp = pyotp.TOTP(shown.texts("#key")[0].replace(" ", ""))
    assert "did not work" in page.post(f"{SECURITY}/authenticator", {"code": "000000"}, status=422).text
    codes = page.post(f"{SECURITY}/authenticator", {"code": totp.at(now())}, status=200).texts("#recovery-codes code")
    assert len(set(codes)) == 10
    state = page.get(SECURITY)
    assert "10 codes are left" in state.text
    assert state.texts(".row-item:has(.pill) .row-title") == ["Authenticator app"]


def test_second_factor_is_chosen_and_turned_off(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    assert "Connect your Telegram chat first" in page.get(SECURITY).text
    link_chat(person)
    for factor in ("telegram", "mail"):
        page.post(f"{SECURITY}/second-step", {"factor": factor})
        assert page.get(SECURITY).texts("#second-step .pill") == ["In use"]
    page.post(f"{SECURITY}/second-step", {"factor": "none"})
    assert not page.get(SECURITY).texts("#second-step .pill")


def test_second_factor_by_email_needs_a_password(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    shown = page.get(SECURITY)
    assert "Set a password first" in shown.text
    assert shown.texts("#second-step button") == []
    page.post(f"{SECURITY}/second-step", {"factor": "mail"})
    assert "Set a password first" in toasts(page.get(SECURITY))


def test_password_change_keeps_this_browser_signed_in_and_ends_other_sessions(
    app: PortalFlask, page: Page, person: Account
) -> None:
    other = Page(app).sign_in(person)
    page.sign_in(person)
    wrong = page.post(f"{SECURITY}/password", {"current_password": "no", "new_password": NEW_PASSWORD}, status=422)
    assert wrong.texts("#current_password-field .field-error")
    page.post(f"{SECURITY}/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    page.get(SECURITY)
    other.get(SECURITY, status=303)


def test_first_password_needs_recent_reauthentication(
    app: PortalFlask, page: Page, alina: Account, clock: Clock
) -> None:
    page.sign_in(alina)
    clock.move(minutes=11)
    form_url = page.get(f"{SECURITY}/password", status=303).location
    shown = page.get(form_url)
    assert not shown.texts("#password-field")
    page.post(f"{SECURITY}/proof/code", {"next": hidden_value(shown, "next")})
    answer = page.post(f"{SECURITY}/proof", {"code": sent_code(app, alina.email), "next": hidden_value(shown, "next")})
    assert answer.location == f"{SECURITY}/password"
    assert not page.get(answer.location).texts("#current_password-field")
    page.post(f"{SECURITY}/password", {"new_password": NEW_PASSWORD})
    assert "You have a password" in page.get(SECURITY).text


def test_email_is_changed_by_a_code_and_restored_by_a_link(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    page.post("/settings/account/address", {"email": "new@demo.example"})
    assert "new@demo.example" in page.get("/settings/account").text
    right = sent_code(app, "new@demo.example", "accounts.change_address")
    page.post("/settings/account/address/code", {"code": "x"}, status=422)
    page.post("/settings/account/address/code", {"code": right})
    assert page.get("/settings/account").texts(".account-rows .row-title") == ["new@demo.example"]
    back = sent_link(app, EMAIL, "accounts.address_changed")
    owner = Page(app)
    assert owner.get(back).texts("main button") == ["Take my account back"]
    owner.post("/email/undo", token_of(back), status=200)
    page.get(SECURITY, status=303)
    assert "accounts.reset_password" in [kind for kind, _payload in sent_messages(app, EMAIL)]
    used = owner.get(back, status=400)
    assert used.texts("h1") == ["This link has already been used"]
    assert used.texts("main a.btn") == ["Set a new password"]
    assert owner.post("/email/undo", token_of(back), status=400).texts("h1") == ["This link has already been used"]
    assert owner.get(f"{back}x", status=400).texts("h1") == ["This link does not work"]


def test_email_code_page_redirects_to_the_request_page(page: Page, person: Account) -> None:
    page.sign_in(person)
    assert page.get("/settings/account/address/code", status=303).location == "/settings/account/address"


def test_office_is_redirected_to_set_up_its_second_factor(app: PortalFlask, page: Page, adam: Account) -> None:
    set_switch(app, STAFF_SECOND_FACTOR, on=True)
    page.sign_in(adam)
    assert page.get("/admin", status=303).location == SECURITY
    shown = page.get(SECURITY)
    assert "“Security”" in toasts(shown)
    assert "the pages open again" in shown.text


def test_warning_is_shown_on_every_page_until_it_is_read(page: Page, person: Account) -> None:
    text = "No <b>advertising</b>.\n\nNot in messages,\nnot at events."
    warning = save(AccountWarning(account_id=person.id, text=text, created_at=now()))
    page.sign_in(person)
    for path in ("/home", "/events", SECURITY):
        shown = page.get(path)
        assert [str(line) for line in shown.soup.select(".warnings .prose p")] == [
            '<p dir="auto">No &lt;b&gt;advertising&lt;/b&gt;.</p>',
            '<p dir="auto">Not in messages,<br/>not at events.</p>',
        ]
    read = f"/settings/warnings/{warning.id}/read"
    assert page.post(read, {"next": "/events?tab=past"}).location == "/events?tab=past"
    assert not page.get("/events").texts(".warnings")


def test_warning_of_another_person_is_not_found(page: Page, person: Account, bob: Account) -> None:
    warning = save(AccountWarning(account_id=bob.id, text="Mind your words."))
    page.sign_in(person)
    assert not page.get("/home").texts(".warnings")
    page.post(f"/settings/warnings/{warning.id}/read", status=404)


@pytest.mark.parametrize(
    ("path", "tab"),
    [("/settings/profile", "Profile"), ("/settings/account", "Account"), (SECURITY, "Security")],
)
def test_settings_tabs_mark_the_current_page(page: Page, person: Account, path: str, tab: str) -> None:
    shown = page.sign_in(person).get(path)
    assert shown.texts("main .tabs [aria-current]") == [tab]
    assert shown.texts(".bottombar summary[aria-current]") == ["Me"]
    assert {"Account", "Security"} <= set(shown.texts(".topbar .menu-item"))


def test_page_that_answers_a_form_is_no_target_of_redirects(app: PortalFlask, page: Page, person: Account) -> None:
    add_authenticator(app, person)
    save(AccountWarning(account_id=person.id, text="Mind your words."))
    shown = page.sign_in(person).post(f"{SECURITY}/recovery-codes", status=200)
    assert {field["value"] for field in shown.soup.select("[name=next]")} == {"/"}


def test_expired_session_is_not_listed(page: Page, person: Account) -> None:
    make_sign_in(person)
    page.sign_in(person)
    old = make_sign_in(person)
    old.expires_at = now() - timedelta(seconds=1)
    save(old)
    assert len(page.get(SECURITY).texts("#sign-ins .row-item")) == 2
