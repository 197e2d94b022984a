"""The pages of getting in and of one's own account, as a browser without scripts meets them."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from portal.accounts.models import Account, AccountWarning
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from portal.core.clock import now
from tests.accounts.mailbox import mails, payload_of
from tests.accounts.people import EMAIL, PASSWORD, change, give_authenticator, link_chat, make_person
from tests.accounts.test_registration import turn
from tests.conftest import Clock
from tests.factories import make_sign_in, save
from tests.support.clients import Page, Shown

NEW_PASSWORD = "seven quiet green lanterns"
SECURITY = "/settings/security"


@pytest.fixture
def person(app: PortalFlask) -> Account:
    return make_person(app)


def code(app: PortalFlask, email: str = EMAIL, kind: str = "accounts.code") -> str:
    return str(payload_of(app, email, kind)["code"])


def link(app: PortalFlask, email: str, kind: str) -> str:
    return str(payload_of(app, email, kind)["url"])


def token_in(address: str) -> dict[str, str]:
    return {"token": address.partition("token=")[2]}


def hidden(shown: Shown, name: str) -> str:
    assert shown.soup is not None
    field = shown.soup.select_one(f"main input[name={name}]")
    assert field is not None
    return str(field["value"])


def toasts(shown: Shown) -> str:
    return " ".join(shown.texts("#toasts .toast-note"))


# ---- getting in ----


def test_a_mailed_code_signs_in_and_leads_on(app: PortalFlask, page: Page, person: Account) -> None:
    offered = page.get("/login?next=/events")
    assert offered.soup is not None
    by_mail = offered.soup.select_one("a[href^='/login/code']")
    assert by_mail is not None
    asked = page.get(str(by_mail["href"]))
    page.post("/login/code", {"email": EMAIL, "next": hidden(asked, "next")})
    shown = page.get("/login/code/enter")
    assert EMAIL in shown.text
    wrong = page.post("/login/code/enter", {"code": "000000"}, status=422)
    assert "This code is wrong" in wrong.text
    assert page.post("/login/code/enter", {"code": code(app)}).location == "/events"
    page.get("/home")


def test_an_unknown_address_meets_the_same_pages(page: Page, person: Account) -> None:
    pages = []
    for email in (EMAIL, "nobody@demo.example"):
        page.post("/login/code", {"email": email})
        shown = page.get("/login/code/enter").text
        pages.append(shown.replace(email, "…"))
    assert pages[0] == pages[1]


def test_another_code_is_asked_for_by_one_button_and_not_at_once(page: Page, person: Account) -> None:
    page.post("/login/telegram", {"email": EMAIL, "next": "/map"})
    shown = page.get("/login/code/enter")
    refused = page.post("/login/telegram", {"email": hidden(shown, "email"), "next": hidden(shown, "next")}, status=429)
    assert "seconds" in refused.text
    assert refused.soup is not None
    assert refused.soup.select("a[href='/login/code/enter']")


def test_a_code_that_nobody_asked_for_is_asked_for_first(page: Page) -> None:
    assert page.get("/login/code/enter", status=303).location == "/login/code"


def test_the_authenticators_number_or_a_recovery_code_is_the_second_step(
    app: PortalFlask, page: Page, person: Account
) -> None:
    totp = give_authenticator(app, person)
    first = page.post("/login", {"email": EMAIL, "password": PASSWORD, "next": "/map"})
    assert first.location == "/login/second-step"
    assert "recovery code" in page.get("/login/second-step").text
    assert page.post("/login/second-step", {"code": totp.at(now())}).location == "/map"
    kept = page.post(f"{SECURITY}/recovery-codes", status=200).texts("#recovery-codes code")
    page.post("/logout")
    page.post("/login", {"email": EMAIL, "password": PASSWORD})
    assert page.post("/login/second-step", {"code": kept[0].upper()}).location == "/home"
    assert "9 codes are left" in page.get(SECURITY).text


def test_a_code_for_the_second_step_is_sent_again_after_a_minute(
    app: PortalFlask, page: Page, person: Account, clock: Clock
) -> None:
    change(app, person, second_factor="mail")
    page.post("/login", {"email": EMAIL, "password": PASSWORD})
    page.post("/login/second-step/resend")
    assert "seconds" in toasts(page.get("/login/second-step"))
    clock.move(seconds=61)
    page.post("/login/second-step/resend")
    assert "sent you a new code" in toasts(page.get("/login/second-step"))
    assert page.post("/login/second-step", {"code": code(app)}).location == "/home"


def test_a_second_step_without_a_first_starts_again(page: Page) -> None:
    assert page.get("/login/second-step", status=303).location == "/login"
    assert "no longer works" in page.post("/login/second-step", {"code": "123456"}, status=422).text


def test_a_forgotten_password_is_set_anew_by_a_mailed_link(app: PortalFlask, page: Page, person: Account) -> None:
    page.post("/password/forgot", {"email": EMAIL})
    address = link(app, EMAIL, "accounts.reset_password")
    page.get(address)
    weak = page.post("/password/reset", {**token_in(address), "new_password": "password"}, status=422)
    assert weak.texts("#new_password-field .field-error")
    page.post("/password/reset", {**token_in(address), "new_password": NEW_PASSWORD})
    used = page.get(address, status=400)
    assert used.texts("main a.btn") == ["Send a new link"]
    page.post("/login", {"email": EMAIL, "password": NEW_PASSWORD})


# ---- one's own account ----


def test_settings_are_kept_on_the_account_and_in_the_browser(app: PortalFlask, page: Page, person: Account) -> None:
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


def test_as_the_browser_and_the_system_say_is_a_choice_too(app: PortalFlask, page: Page, person: Account) -> None:
    page.post("/preferences/theme", {"theme": "dark"})
    page.post("/preferences/locale", {"locale": "ru"})
    page.sign_in(person)
    page.post("/settings/account", {"locale": "", "theme": "", "time_zone": ""})
    shown = page.get("/settings/account").soup
    assert shown is not None
    assert shown.select("html[lang=en]:not([data-bs-theme])")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd"])
def test_a_time_zone_that_is_not_offered_is_refused(page: Page, person: Account, zone: str) -> None:
    page.sign_in(person).post("/settings/account", {"locale": "", "theme": "", "time_zone": zone}, status=422)


def test_security_tells_where_one_is_signed_in_and_ends_it(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    phone = Page(app)
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    phone.post("/login", {"email": EMAIL, "password": PASSWORD}, headers={"User-Agent": agent})
    shown = page.get(SECURITY)
    assert any("Firefox Mobile on Android" in title for title in shown.texts("#sign-ins .row-title"))
    assert "127.0.0.x" in shown.text
    assert len(shown.texts("#sign-ins .tag")) == 1
    assert shown.soup is not None
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


def test_ones_own_sign_in_is_left_by_the_list_too(page: Page, person: Account) -> None:
    shown = page.sign_in(person).get(SECURITY).soup
    assert shown is not None
    page.post(str(shown.select_one("#sign-ins .rows form")["action"]))  # type: ignore[index]  # it is there
    page.get("/home", status=303)


def test_an_authenticator_is_set_up_in_two_steps(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    begin = page.get(f"{SECURITY}/authenticator")
    assert begin.texts("main .btn-primary") == ["Show the QR code"]
    page.post(f"{SECURITY}/authenticator/key")
    shown = page.get(f"{SECURITY}/authenticator")
    assert shown.soup is not None
    assert shown.soup.select(".qr[role=img][aria-label] svg")
    totp = pyotp.TOTP(shown.texts("#key")[0].replace(" ", ""))
    assert "did not work" in page.post(f"{SECURITY}/authenticator", {"code": "000000"}, status=422).text
    codes = page.post(f"{SECURITY}/authenticator", {"code": totp.at(now())}, status=200).texts("#recovery-codes code")
    assert len(set(codes)) == 10
    state = page.get(SECURITY)
    assert "10 codes are left" in state.text
    assert state.texts(".row-item:has(.pill) .row-title") == ["Authenticator app"]


def test_a_second_step_is_chosen_and_turned_off(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    assert "Connect your Telegram chat first" in page.get(SECURITY).text
    link_chat(person)
    for factor in ("telegram", "mail"):
        page.post(f"{SECURITY}/second-step", {"factor": factor})
        assert page.get(SECURITY).texts("#second-step .pill") == ["In use"]
    page.post(f"{SECURITY}/second-step", {"factor": "none"})
    assert not page.get(SECURITY).texts("#second-step .pill")


def test_without_a_password_a_code_by_mail_is_no_second_step(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    shown = page.get(SECURITY)
    assert "Set a password first" in shown.text
    assert shown.texts("#second-step button") == []
    page.post(f"{SECURITY}/second-step", {"factor": "mail"})
    assert "Set a password first" in toasts(page.get(SECURITY))


def test_changing_the_password_keeps_this_sign_in_and_ends_the_others(
    app: PortalFlask, page: Page, person: Account
) -> None:
    other = Page(app).sign_in(person)
    page.sign_in(person)
    wrong = page.post(f"{SECURITY}/password", {"current_password": "no", "new_password": NEW_PASSWORD}, status=422)
    assert wrong.texts("#current_password-field .field-error")
    page.post(f"{SECURITY}/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    page.get(SECURITY)
    other.get(SECURITY, status=303)


def test_a_first_password_needs_a_fresh_proof(app: PortalFlask, page: Page, alina: Account, clock: Clock) -> None:
    page.sign_in(alina)
    clock.move(minutes=11)
    proof = page.get(f"{SECURITY}/password", status=303).location
    shown = page.get(proof)
    assert not shown.texts("#password-field")
    page.post(f"{SECURITY}/proof/code", {"next": hidden(shown, "next")})
    proven = page.post(f"{SECURITY}/proof", {"code": code(app, alina.email), "next": hidden(shown, "next")})
    assert proven.location == f"{SECURITY}/password"
    assert not page.get(proven.location).texts("#current_password-field")
    page.post(f"{SECURITY}/password", {"new_password": NEW_PASSWORD})
    assert "You have a password" in page.get(SECURITY).text


def test_the_address_changes_by_a_code_and_comes_back_by_a_link(app: PortalFlask, page: Page, person: Account) -> None:
    page.sign_in(person)
    page.post("/settings/account/address", {"email": "new@demo.example"})
    assert "new@demo.example" in page.get("/settings/account").text
    right = code(app, "new@demo.example", "accounts.change_address")
    page.post("/settings/account/address/code", {"code": "x"}, status=422)
    page.post("/settings/account/address/code", {"code": right})
    assert page.get("/settings/account").texts(".account-rows .row-title") == ["new@demo.example"]
    back = link(app, EMAIL, "accounts.address_changed")
    owner = Page(app)
    assert owner.get(back).texts("main button") == ["Take my account back"]
    owner.post("/email/undo", token_in(back), status=200)
    page.get(SECURITY, status=303)
    assert "accounts.reset_password" in [kind for kind, _payload in mails(app, EMAIL)]
    assert owner.get(back, status=400).texts("h1") == ["This link does not work"]


def test_a_code_for_an_address_is_asked_for_first(page: Page, person: Account) -> None:
    page.sign_in(person)
    assert page.get("/settings/account/address/code", status=303).location == "/settings/account/address"


# ---- proving once more ----


def test_a_visit_goes_on_after_the_proof(page: Page, person: Account, clock: Clock) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    proof = page.get("/settings/account/address", status=303).location
    wrong = page.post(f"{SECURITY}/proof", {"password": "wrong", "next": "/settings/account/address"}, status=422)
    assert wrong.texts("#password-field .field-error")
    page.post(f"{SECURITY}/proof", {"next": "/settings/account/address"}, status=422)
    answer = {"password": PASSWORD, "next": hidden(page.get(proof), "next")}
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
def test_a_form_leads_back_to_its_own_page(
    page: Page, person: Account, clock: Clock, referrer: str, expected: str
) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    answer = page.post(f"{SECURITY}/second-step", {"factor": "mail"}, headers={"Referer": referrer})
    shown = page.get(answer.location)
    assert hidden(shown, "next") == expected
    assert "Confirm it's you" in toasts(shown)


def test_a_fragment_is_led_by_htmx(page: Page, person: Account, clock: Clock) -> None:
    page.sign_in(person)
    clock.move(minutes=11)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/settings/account"}
    answer = page.request("GET", "/settings/account/address", status=200, headers=asked)
    assert answer.headers["HX-Redirect"] == f"{SECURITY}/proof?next=/settings/account"


def test_an_authenticator_proves_and_no_code_is_mailed(
    app: PortalFlask, page: Page, person: Account, clock: Clock
) -> None:
    totp = give_authenticator(app, person)
    page.sign_in(person)
    clock.move(minutes=11)
    shown = page.get(f"{SECURITY}/proof")
    assert "Email me a code" not in shown.text
    page.post(f"{SECURITY}/proof/code")
    assert mails(app, EMAIL) == []
    assert page.post(f"{SECURITY}/proof", {"code": totp.at(now())}).location == SECURITY


def test_a_proof_never_leads_elsewhere(page: Page, person: Account) -> None:
    page.sign_in(person)
    answer = page.post(f"{SECURITY}/proof", {"password": PASSWORD, "next": "//evil.example"})
    assert "evil" not in answer.location


def test_the_office_is_led_to_its_second_step(app: PortalFlask, page: Page, adam: Account) -> None:
    turn(app, STAFF_SECOND_FACTOR, on=True)
    page.sign_in(adam)
    assert page.get("/admin", status=303).location == SECURITY
    shown = page.get(SECURITY)
    assert "“Security”" in toasts(shown)
    assert "the pages open again" in shown.text


# ---- words from the office ----


def test_a_warning_stands_on_every_page_until_it_was_read(page: Page, person: Account) -> None:
    text = "No <b>advertising</b>.\n\nNot in messages,\nnot at events."
    warning = save(AccountWarning(account_id=person.id, text=text, created_at=now()))
    page.sign_in(person)
    for path in ("/home", "/events", SECURITY):
        shown = page.get(path)
        assert shown.soup is not None
        assert [str(line) for line in shown.soup.select(".warnings .prose p")] == [
            '<p dir="auto">No &lt;b&gt;advertising&lt;/b&gt;.</p>',
            '<p dir="auto">Not in messages,<br/>not at events.</p>',
        ]
    read = f"/settings/warnings/{warning.id}/read"
    assert page.post(read, {"next": "/events?tab=past"}).location == "/events?tab=past"
    assert not page.get("/events").texts(".warnings")


def test_somebody_elses_warning_is_not_there(page: Page, person: Account, bob: Account) -> None:
    warning = save(AccountWarning(account_id=bob.id, text="Mind your words."))
    page.sign_in(person)
    assert not page.get("/home").texts(".warnings")
    page.post(f"/settings/warnings/{warning.id}/read", status=404)


# ---- the way between the pages ----


@pytest.mark.parametrize(
    ("path", "tab"),
    [("/settings/profile", "Profile"), ("/settings/account", "Account"), (SECURITY, "Security")],
)
def test_the_settings_know_where_one_is(page: Page, person: Account, path: str, tab: str) -> None:
    shown = page.sign_in(person).get(path)
    assert shown.texts("main .tabs [aria-current]") == [tab]
    assert shown.texts(".bottombar [aria-current]") == ["Me"]
    assert {"Account", "Security"} <= set(shown.texts(".topbar .menu-item"))


def test_a_page_that_only_answers_a_form_is_no_place_to_come_back_to(
    app: PortalFlask, page: Page, person: Account
) -> None:
    give_authenticator(app, person)
    shown = page.sign_in(person).post(f"{SECURITY}/recovery-codes", status=200)
    assert shown.soup is not None
    assert {field["value"] for field in shown.soup.select("footer [name=next]")} == {"/"}


def test_an_expired_sign_in_is_not_in_the_list(page: Page, person: Account) -> None:
    make_sign_in(person)
    page.sign_in(person)
    old = make_sign_in(person)
    old.expires_at = now() - timedelta(seconds=1)
    save(old)
    assert len(page.get(SECURITY).texts("#sign-ins .row-item")) == 2
