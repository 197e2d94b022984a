"""The first whole journey, as people do it: register, be found, invite, be approved, join."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import scrolls_sideways, violations
from tests.browser.conftest import Visitors, sign_in

pytestmark = pytest.mark.browser

SECRET = "four words and more"


def sound(page: Page) -> None:
    """The page as it stands breaks no rule and fits its width."""
    assert violations(page) == []
    assert not scrolls_sideways(page)


def allow(page: Page, email: str) -> None:
    page.goto("/admin/allow-list")
    page.set_input_files(
        "input[type=file]", {"name": "l.csv", "mimeType": "text/csv", "buffer": f"mail\n{email}".encode()}
    )
    page.get_by_role("button", name=re.compile("Upload|Add|Import")).click()
    expect(page.locator("main")).to_contain_text("1")


def register(page: Page, email: str) -> None:
    page.goto("/register")
    page.fill("#first_name", "Żaneta")
    page.fill("#last_name", "Петрова")
    page.fill("#email", email)
    page.fill("#password", SECRET)
    page.select_option("#graduation_year", "2018")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/register/done")


def follow_the_mail(page: Page, email: str) -> None:
    page.goto("/dev/mail")
    page.get_by_role("link", name=re.compile(re.escape(email))).first.click()
    link = page.locator("a[href*='/verify?token=']").first
    if link.count() == 0:
        page.goto(page.frame_locator("iframe").locator("a[href*='/verify?token=']").first.get_attribute("href") or "")
    else:
        page.goto(link.get_attribute("href") or "")
    page.get_by_role("button", name="Confirm my address").click()
    page.wait_for_url("**/login")


def move_to(page: Page, typed: str, city: str) -> None:
    page.goto("/settings/profile")
    page.get_by_label("City", exact=False).first.fill(typed)
    page.get_by_role("option", name=re.compile(city)).or_(page.get_by_label(re.compile(city))).first.click()
    page.get_by_role("button", name=re.compile("Save")).click()
    page.wait_for_load_state("networkidle")


def invite(page: Page, title: str) -> str:
    page.goto("/events/new")
    page.fill("[name=title]", title)
    page.fill("[name=description]", "Soup, short talks and the old quiz.")
    page.get_by_label("City", exact=False).first.fill("Казань")
    page.get_by_role("option", name=re.compile("Kazan")).or_(page.get_by_label(re.compile("Kazan"))).first.click()
    page.fill("[name=place]", "Lobachevsky Library")
    page.fill("[name=starts_on]", "2031-12-06")
    page.fill("[name=starts_time]", "18:00")
    page.get_by_role("button", name=re.compile("Create|Send")).click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}$"))
    return page.url


@pytest.mark.parametrize("width", [320, 1280])
def test_the_first_journey(visitor: Visitors, width: int) -> None:
    mark = uuid.uuid4().hex[:8]
    email, title = f"zaneta.{mark}@demo.example", f"Winter gathering {mark}"
    office = visitor("adam@demo.example", width=width)
    allow(office, email)

    her = visitor(width=width)
    register(her, email)
    follow_the_mail(her, email)
    her.fill("#email", email)
    her.fill("#password", SECRET)
    her.get_by_role("button", name="Sign in").click()
    her.wait_for_url("**/home")
    sound(her)

    move_to(her, "каза", "Kazan")
    her.goto("/map")
    her.get_by_role("link", name=re.compile("Kazan")).first.click()
    expect(her.get_by_role("heading", name=re.compile("Kazan")).first).to_be_visible()
    sound(her)

    address = invite(her, title)
    expect(her.locator("main")).to_contain_text(re.compile("Waiting|approval|review", re.IGNORECASE))
    sound(her)

    office.goto("/admin/events")
    row = office.locator("main").get_by_text(title)
    expect(row.first).to_be_visible()
    sound(office)
    office.goto(address)
    office.get_by_role("button", name=re.compile("Approve")).click()
    expect(office.locator("main")).not_to_contain_text("Waiting for approval")

    bob = visitor("bob@demo.example", width=width)
    bob.goto(f"/events?search={mark}")
    bob.get_by_role("link", name=re.compile(title)).first.click()
    bob.get_by_role("button", name="Join").click()
    expect(bob.locator("main")).to_contain_text("Bob")
    sound(bob)
    bob.goto("/map")
    expect(bob.locator("main")).to_contain_text(re.compile("event", re.IGNORECASE))


def test_without_javascript(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", java_script_enabled=False)
    page.goto("/events")
    page.locator("main a[href^='/events/']").first.click()
    button = page.get_by_role("button", name=re.compile("^(Join|Leave|I won)"))
    before = button.first.inner_text()
    button.first.click()
    assert page.get_by_role("button", name=re.compile("^(Join|Leave|I won)")).first.inner_text() != before


def test_by_keyboard_alone(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("bob@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type("welcome-to-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")


def test_the_back_button_returns_to_the_filtered_list(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/events?online=1")
    listed = page.locator("main a[href^='/events/']").all_inner_texts()
    page.locator("main a[href^='/events/']").first.click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}"))
    page.go_back()
    assert page.url.endswith("/events?online=1")
    assert page.locator("main a[href^='/events/']").all_inner_texts() == listed


def test_two_accounts_in_two_tabs(visitor: Visitors) -> None:
    """The second sign-in takes the browser over; the form of the first is refused in words and changes nothing."""
    first = visitor("alina@demo.example")
    first.goto("/settings/profile")
    second = first.context.new_page()
    second.goto("/home")
    second.context.clear_cookies()
    sign_in(second, "bob@demo.example")
    first.get_by_role("button", name=re.compile("Save")).click()
    expect(first.locator("body")).to_contain_text("reload the page")
