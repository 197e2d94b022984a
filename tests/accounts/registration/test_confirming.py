"""From registering to being signed in: link and code, on the same device and elsewhere, and a mistyped email."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts import queries
from portal.accounts.models import Account, VerifiedBy
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.clock import now
from portal.extensions import db
from tests.accounts.pages import toasts
from tests.accounts.people import REGISTRATION, add_to_allow_list, change
from tests.accounts.sent_messages import message_states, payload_of, sent_messages
from tests.conftest import Clock
from tests.support.clients import Page

EMAIL = REGISTRATION["email"]
MISTYPED = "kamila@demo.exmaple"
KINDS = {True: "accounts.verify_address", False: "accounts.waiting"}

listed = pytest.mark.parametrize("is_listed", [True, False])


def register(app: PortalFlask, page: Page, *, is_listed: bool = False, **values: str) -> None:
    if is_listed:
        add_to_allow_list(app, EMAIL)
    page.post("/register", {**REGISTRATION, **values})


def sent(app: PortalFlask, *, is_listed: bool = False, email: str = EMAIL) -> dict[str, str]:
    payload = payload_of(app, email, KINDS[is_listed])
    return {"token": payload["url"].partition("token=")[2], "code": payload["code"]}


def account_of(app: PortalFlask, email: str = EMAIL) -> Account | None:
    with app.app_context():
        return queries.find_by_email(email)


def actions(app: PortalFlask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)))


def is_signed_in(page: Page) -> bool:
    return page.client.get("/waiting").location != "/login?next=/waiting"


@listed
def test_the_link_signs_in_on_the_device_of_the_registration(app: PortalFlask, page: Page, is_listed: bool) -> None:
    register(app, page, is_listed=is_listed)
    token = sent(app, is_listed=is_listed)["token"]
    for _scanner in range(3):
        assert Page(app).get(f"/verify?token={token}").soup.select("form[action='/verify']")
    assert page.post("/verify", {"token": token}).location == "/home"
    assert is_signed_in(page)
    account = account_of(app)
    assert account is not None
    assert account.email_confirmed_at is not None
    assert account.is_verified is is_listed


@listed
def test_the_link_opened_elsewhere_confirms_and_asks_to_sign_in(app: PortalFlask, page: Page, is_listed: bool) -> None:
    register(app, page, is_listed=is_listed)
    elsewhere = Page(app)
    assert elsewhere.post("/verify", {"token": sent(app, is_listed=is_listed)["token"]}).location == "/login"
    assert not is_signed_in(elsewhere)
    form = elsewhere.get("/login")
    assert form.element("#email")["value"] == EMAIL
    assert "Your email is confirmed." in toasts(form)
    assert elsewhere.post("/login", {"email": EMAIL, "password": REGISTRATION["password"]}).location == "/home"
    assert page.get("/login").element("#email")["value"] == EMAIL


def test_the_cookie_of_another_registration_does_not_sign_in(app: PortalFlask, page: Page) -> None:
    register(app, page)
    stranger = Page(app)
    register(app, stranger, email="stranger@demo.example")
    assert stranger.post("/verify", {"token": sent(app)["token"]}).location == "/login"
    assert not is_signed_in(stranger)


@listed
def test_the_code_signs_in_on_the_device_of_the_registration(app: PortalFlask, page: Page, is_listed: bool) -> None:
    register(app, page, is_listed=is_listed)
    shown = page.get("/register/done")
    assert EMAIL in shown.texts(".typed-address")
    code = sent(app, is_listed=is_listed)["code"]
    wrong = "000000" if code != "000000" else "111111"
    assert page.post("/register/done", {"code": wrong}, status=422).texts("#code-error") == [
        "This code does not work. Check it, or ask for a new email."
    ]
    assert Page(app).post("/register/done", {"code": code}, status=422)
    assert page.post("/register/done", {"code": f" {code[:3]} {code[3:]} "}).location == "/home"
    assert is_signed_in(page)


def test_a_link_works_once_of_many_at_once(committed: PortalFlask) -> None:
    page = Page(committed)
    register(committed, page)
    token = sent(committed)["token"]
    pages = [Page(committed) for _number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.client.post("/verify", data={"token": token, **one.csrf()}), pages))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 303]
    assert actions(committed).count("accounts.confirm_email") == 1


def test_a_used_link_says_so(app: PortalFlask, page: Page) -> None:
    register(app, page)
    token = sent(app)["token"]
    page.post("/verify", {"token": token})
    assert Page(app).get(f"/verify?token={token}").texts("h1") == ["Your email is already confirmed"]


def test_a_form_sent_twice_still_signs_in(app: PortalFlask, page: Page) -> None:
    register(app, page)
    register(app, page)
    assert page.post("/verify", {"token": sent(app)["token"]}).location == "/home"


def test_a_form_whose_first_answer_was_lost_still_signs_in(app: PortalFlask, page: Page) -> None:
    register(app, Page(app))
    register(app, page)
    assert page.post("/register/done", {"code": sent(app)["code"]}).location == "/home"


@pytest.mark.parametrize(("seconds", "password"), [(1, "another old password 7"), (61, REGISTRATION["password"])])
def test_whoever_repeats_a_registration_of_others_is_not_tied_to_it(
    app: PortalFlask, page: Page, clock: Clock, seconds: int, password: str
) -> None:
    register(app, Page(app))
    clock.move(seconds=seconds)
    page.post("/register", {**REGISTRATION, "email": EMAIL, "password": password})
    page.post("/register/done", {"code": sent(app)["code"]}, status=422)


def test_another_email_is_sent_from_the_same_page(app: PortalFlask, page: Page, clock: Clock) -> None:
    register(app, page)
    clock.move(seconds=61)
    assert page.post("/verify/resend", {"email": EMAIL}).location == "/register/done"
    assert [state for _kind, state in message_states(app, EMAIL)] == ["withdrawn", "waiting"]
    assert page.post("/register/done", {"code": sent(app)["code"]}).location == "/home"


@listed
def test_a_mistyped_email_is_corrected(app: PortalFlask, page: Page, is_listed: bool) -> None:
    register(app, page, is_listed=is_listed, email=MISTYPED)
    assert page.post("/register/email", {"email": EMAIL}).location == "/register/done"
    shown = page.get("/register/done")
    assert shown.texts(".typed-address") == [EMAIL]
    assert account_of(app, MISTYPED) is None
    account = account_of(app)
    assert account is not None
    assert account.verification == (VerifiedBy.MAIL if is_listed else VerifiedBy.OFFICE)
    assert [state for _kind, state in message_states(app, MISTYPED)] == ["withdrawn"]
    assert "accounts.correct_email" in actions(app)
    assert page.post("/register/done", {"code": sent(app, is_listed=is_listed)["code"]}).location == "/home"


def test_the_first_link_ends_with_the_correction(app: PortalFlask, page: Page) -> None:
    register(app, page, email=MISTYPED)
    old = sent(app, email=MISTYPED)["token"]
    page.post("/register/email", {"email": EMAIL})
    page.post("/verify", {"token": old}, status=400)


@pytest.mark.parametrize("email", ["", "kamila@", "@demo.example", "kamila demo.example", "x" * 300])
def test_an_unusable_correction_keeps_what_was_typed(app: PortalFlask, page: Page, email: str) -> None:
    register(app, page, email=MISTYPED)
    shown = page.post("/register/email", {"email": email}, status=422)
    assert shown.element("#email")["value"] == email
    assert shown.texts("#email-error") != []
    assert shown.soup.select_one("details[open]")
    assert shown.texts(".typed-address") == [MISTYPED]


def corrected_after(app: PortalFlask, first: str, second: str) -> tuple[list[str], str]:
    """Return what a browser sees that registers with one email and corrects it to another."""
    page = Page(app)
    pages = [page.post("/register", {**REGISTRATION, "email": first}), page.get("/register/done")]
    pages += [page.post("/register/email", {"email": second}), page.get("/register/done")]
    seen = [str(each.response.status_code) + (each.text if each.is_page and each.soup.main else "") for each in pages]
    return [re.sub(rf"{first}|{second}", "…", text) for text in seen], toasts(pages[-1])


def test_nothing_shows_that_an_email_is_registered(app: PortalFlask, alina: Account, bob: Account) -> None:
    answers = [
        corrected_after(app, first, second)
        for first, second in (
            ("one@demo.example", "two@demo.example"),
            (alina.email, "three@demo.example"),
            ("four@demo.example", bob.email),
        )
    ]
    assert answers[0] == answers[1] == answers[2]


def test_whoever_first_typed_a_registered_email_still_gets_an_account(app: PortalFlask, alina: Account) -> None:
    page = Page(app)
    register(app, page, email=alina.email)
    assert [kind for kind, _payload in sent_messages(app, alina.email)] == ["accounts.already_registered"]
    page.post("/register/done", {"code": "123456"}, status=422)
    page.post("/register/email", {"email": EMAIL})
    assert page.post("/register/done", {"code": sent(app)["code"]}).location == "/home"
    page.post("/logout")
    assert page.post("/login", {"email": EMAIL, "password": REGISTRATION["password"]}).location == "/home"


def test_a_correction_to_a_registered_email_changes_nothing(app: PortalFlask, page: Page, alina: Account) -> None:
    register(app, page)
    page.post("/register/email", {"email": alina.email.upper()})
    assert account_of(app) is not None
    assert [kind for kind, _payload in sent_messages(app, alina.email)] == ["accounts.already_registered"]


def too_late(app: PortalFlask, page: Page, clock: Clock) -> None:
    clock.move(hours=24, seconds=1)


def confirmed(app: PortalFlask, page: Page, clock: Clock) -> None:
    Page(app).post("/verify", {"token": sent(app)["token"]})


@pytest.mark.parametrize("what", [too_late, confirmed])
def test_an_email_is_corrected_only_until_it_is_confirmed(
    app: PortalFlask, page: Page, clock: Clock, what: Callable[[PortalFlask, Page, Clock], None]
) -> None:
    register(app, page)
    what(app, page, clock)
    page.post("/register/email", {"email": "other@demo.example"}, status=422)
    assert account_of(app, "other@demo.example") is None


def test_of_two_corrections_to_one_email_one_is_made(committed: PortalFlask) -> None:
    pages = [Page(committed) for _number in range(4)]
    for number, page in enumerate(pages):
        register(committed, page, email=f"wrong{number}@demo.example")
    with ThreadPoolExecutor(4) as pool:
        sends = pool.map(lambda one: one.client.post("/register/email", data={"email": EMAIL, **one.csrf()}), pages)
        assert [answer.status_code for answer in sends] == [303] * 4
    assert actions(committed).count("accounts.correct_email") == 1
    assert account_of(committed) is not None


def test_without_a_registration_the_page_leads_on(page: Page) -> None:
    shown = page.get("/register/done")
    assert shown.soup.select_one('main a[href="/login"]')
    page.post("/register/email", {"email": EMAIL}, status=422)


@listed
def test_no_code_signs_banned_people_in(app: PortalFlask, page: Page, is_listed: bool) -> None:
    register(app, page, is_listed=is_listed)
    account = account_of(app)
    assert account is not None
    change(app, account, banned_at=now())
    refused = page.post("/register/done", {"code": sent(app, is_listed=is_listed)["code"]}, status=422)
    assert refused.texts("#code-error") != ["This code does not work. Check it, or ask for a new email."]
    assert "accounts.sign_in_refused" in actions(app)
    assert not is_signed_in(page)
