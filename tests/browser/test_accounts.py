"""Getting in, and looking after one's account, as people do it: with their mailbox open beside the portal."""

from __future__ import annotations

import itertools
import re
import time
from typing import Literal

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound
from tests.browser.conftest import Visitors, sign_in

pytestmark = pytest.mark.browser

SECRET = "four words and more"
NEW_SECRET = "seven quiet green lanterns"
CODE = r"(?<!\d)(\d{6})(?!\d)"
SIGN_IN_CODE = r"(?<!\d)(\d{8})(?!\d)"
LINK = r"(/[a-z/]+\?token=[\w-]+)"
_serial = itertools.count(1)

either_way = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def mailed(page: Page, email: str, subject: str, pattern: str) -> str:
    """Return the text of the newest mail with that subject, once it has arrived."""
    for _try in range(100):
        listed = page.request.get(f"/dev/mail?to={email}").text()
        found = re.search(rf'href="(/dev/mail/[0-9a-f-]+)">[^<]*{subject}', listed)
        if found:
            said = re.search(pattern, page.request.get(found[1]).text().partition("mail-text")[2])
            assert said is not None, f"the mail does not say {pattern}"
            return said[1]
        page.wait_for_timeout(100)
    raise AssertionError(f"no mail to {email}: {subject}")


def newcomer(page: Page) -> str:
    """Register and verify a person from the allow list, and return their email."""
    email = f"graduate.{next(_serial)}@demo.example"
    person = {"first_name": "Vera", "last_name": "Demo", "email": email, "password": SECRET, "graduation_year": "2020"}
    made = page.request.post("/api/v1/auth/register", data={**person, "role": "alumni"})
    assert made.ok, made.text()
    code = mailed(page, email, "Confirm your email", CODE)
    body = {"email": email, "verification_code": code}
    assert page.request.post("/api/v1/auth/verify", data=body).ok
    return email


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def first_step(page: Page, email: str) -> None:
    page.goto("/login")
    page.fill("#email", email)
    page.fill("#password", SECRET)
    press(page, "Sign in")


def agree(page: Page, then: str) -> None:
    """Agree to the privacy notice, of which clients of the API show none, and arrive at the page that was asked for."""
    press(page, "Agree and continue")
    page.wait_for_url(f"**{then}")


@either_way
def test_signing_in_by_a_mailed_code(visitor: Visitors, scripts: bool) -> None:
    page = visitor(width=320, java_script_enabled=scripts)
    email = newcomer(page)
    page.goto("/login?next=/events")
    sound(page, scripts)
    page.get_by_role("link", name="Email me a code").click()
    page.fill("#email", email)
    press(page, "Send me a code")
    expect(page.locator("main")).to_contain_text(email)
    sound(page, scripts)
    page.fill("#code", "12 34")
    press(page, "Sign in")
    problem = page.locator("[data-focus]")
    if scripts:
        expect(problem).to_be_focused()
    expect(problem).to_be_visible()
    page.fill("#code", mailed(page, email, "Your code", SIGN_IN_CODE))
    press(page, "Sign in")
    agree(page, "/events")


def test_without_javascript_a_password_is_set_anew_and_other_sign_ins_end(visitor: Visitors) -> None:
    page = visitor(java_script_enabled=False)
    email = newcomer(page)
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.fill("#email", email)
    press(page, "Email me a link")
    expect(page.locator(".typed-address")).to_have_text(email)
    page.goto(mailed(page, email, "Set your", LINK))
    page.fill("#new_password", NEW_SECRET)
    press(page, "Save password")
    expect(page.locator("h1")).to_have_text("Your new password is saved")
    other = visitor()
    for each in (other, page):
        sign_in(each, email, NEW_SECRET)
    page.goto("/settings/security")
    agree(page, "/settings/security")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_role("link", name="Sign out everywhere else").click()
    press(page, "Sign out everywhere else")
    expect(page.locator("#sign-ins .row-item")).to_have_count(1)
    other.goto("/home")
    other.wait_for_url("**/login?next=/home")


@either_way
def test_an_authenticator_is_set_up_and_asked_for(visitor: Visitors, scripts: bool) -> None:
    page = visitor(width=320, java_script_enabled=scripts)
    email = newcomer(page)
    first_step(page, email)
    agree(page, "/home")
    page.goto("/settings/security/authenticator")
    press(page, "Show the QR code")
    totp = pyotp.TOTP(page.locator("#key").inner_text().replace(" ", ""))
    sound(page, scripts)
    page.fill("#code", totp.now())
    press(page, "Turn on")
    codes = page.locator("#recovery-codes code")
    expect(codes).to_have_count(10)
    kept = codes.all_inner_texts()
    sound(page, scripts)
    page.get_by_role("link", name="I've saved them").click()
    expect(page.locator("main")).to_contain_text("10 codes are left")
    control: Literal["button", "link"] = "button" if scripts else "link"
    page.get_by_role(control, name="Turn off two-step verification").click()
    question = page.locator("#choose-none")
    expect(question).to_be_visible()
    sound(page, scripts)
    question.get_by_role(control, name="Keep it").click()
    expect(question).to_be_hidden()

    elsewhere = visitor(width=320, java_script_enabled=scripts)
    first_step(elsewhere, email)
    elsewhere.wait_for_url("**/login/second-step")
    sound(elsewhere, scripts)
    elsewhere.fill("#code", totp.at(time.time() + 30))  # a number works once, the next one works early
    press(elsewhere, "Sign in")
    elsewhere.wait_for_url("**/home")
    third = visitor(width=320, java_script_enabled=scripts)
    first_step(third, email)
    third.fill("#code", kept[3].upper())
    press(third, "Sign in")
    third.wait_for_url("**/home")


@either_way
def test_a_changed_email_is_taken_back(visitor: Visitors, scripts: bool) -> None:
    page = visitor(java_script_enabled=scripts)
    old = newcomer(page)
    new = f"new.{old}"
    first_step(page, old)
    agree(page, "/home")
    page.goto("/settings/account")
    page.get_by_role("link", name="Change email address").click()
    page.fill("#email", new)
    press(page, "Send the code")
    sound(page, scripts)
    page.fill("#code", mailed(page, new, "Confirm your new", CODE))
    press(page, "Use this address")
    expect(page.locator(".account-rows")).to_contain_text(new)

    owner = visitor(java_script_enabled=scripts)
    owner.goto(mailed(owner, old, "was changed", LINK))
    sound(owner, scripts)
    press(owner, "Take my account back")
    expect(owner.locator("h1")).to_have_text("You have your account back")
    page.goto("/home")
    page.wait_for_url("**/login?next=/home")
    owner.goto(mailed(owner, old, "Set your", LINK))
    owner.fill("#new_password", NEW_SECRET)
    press(owner, "Save password")
    owner.wait_for_url("**/password/reset/done")
    sign_in(owner, old, NEW_SECRET)


def test_another_sign_in_is_ended_by_keyboard_alone(visitor: Visitors) -> None:
    page, other = visitor(), visitor()
    email = newcomer(page)
    first_step(other, email)
    agree(other, "/home")
    first_step(page, email)
    page.wait_for_url("**/home")
    page.goto("/settings/security")
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.opens") == "end-others":
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Sign out everywhere else?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("button", name="Sign out everywhere else")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("signed out everywhere else")
    other.goto("/home")
    other.wait_for_url("**/login?next=/home")
