"""The first whole journey, as people do it: register, be found, invite, be approved, join."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound
from tests.browser.conftest import Visitors, sign_in
from tests.browser.test_accounts import LINK, mailed

pytestmark = pytest.mark.browser

SECRET = "four words and more"


def allow(page: Page, email: str) -> None:
    page.goto("/admin/allow-list")
    listed = {"name": "list.csv", "mimeType": "text/csv", "buffer": f"mail\n{email}\n".encode()}
    page.set_input_files("input[type=file]", listed)  # type: ignore[arg-type]  # a file made here
    page.get_by_role("button", name="Add to the list").click()
    page.wait_for_load_state("networkidle")


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
    """Read the mail as a mail program shows it and press what it offers."""
    page.goto(f"/dev/mail?to={email}")
    while page.get_by_role("link", name="Confirm your email").count() == 0:
        page.wait_for_timeout(200)
        page.reload()
    page.get_by_role("link", name="Confirm your email").click()
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Confirm my email").click()
    opened.value.get_by_role("button", name="Confirm my email").click()
    opened.value.wait_for_url("**/home")
    opened.value.close()
    page.goto("/home")


def choose_city(page: Page, typed: str, city: str) -> None:
    """Type a name in any alphabet and choose from what appears."""
    page.locator("[name=city_query]").press_sequentially(typed)
    page.get_by_label(city, exact=True).check()


def move_to(page: Page, typed: str, city: str) -> None:
    page.goto("/settings/profile")
    choose_city(page, typed, city)
    page.check("[name=city_audience][value=alumni]", force=True)  # its label lies over it
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("main")).to_contain_text("Kazan")


def invite(page: Page, title: str) -> str:
    page.goto("/events/new")
    page.fill("[name=title]", title)
    page.fill("[name=description]", "Soup, short talks and the old quiz.")
    page.fill("[name=starts]", "2031-12-06")
    page.fill("[name=starts_time]", "18:00")
    choose_city(page, "Казань", "Kazan, Russia")
    page.fill("[name=place]", "Lobachevsky Library")
    sound(page)
    page.get_by_role("button", name="Create event").click()
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
    sound(her)

    move_to(her, "каза", "Kazan, Russia")
    her.goto("/map")
    her.locator("main").get_by_role("link", name=re.compile("^Kazan")).first.click()
    expect(her.get_by_role("heading", name=re.compile("^Kazan"))).to_be_visible()
    expect(her.locator("main")).to_contain_text("Żaneta Петрова")
    sound(her)

    url = invite(her, title)
    expect(her.locator("main")).to_contain_text("Waiting for approval")
    sound(her)

    office.goto("/admin/events")
    expect(office.locator("main")).to_contain_text(title)
    sound(office)
    office.get_by_role("button", name=f"Approve “{title}”").click()
    expect(office.locator("main")).not_to_contain_text(title)

    bob = visitor("bob@demo.example", width=width)
    bob.goto(f"/events?q={mark}")
    bob.locator("main").get_by_role("link", name=re.compile(title)).first.click()
    bob.wait_for_url(url)
    bob.get_by_role("button", name="Join", exact=True).click()
    expect(bob.locator("#attendance")).to_contain_text("2 going")
    sound(bob)
    bob.locator("#first-people").get_by_role("link", name="See all").click()
    expect(bob.locator("main")).to_contain_text("Bob")
    expect(bob.locator("main")).to_contain_text("Żaneta Петрова")
    bob.goto("/map")
    bob.locator("main").get_by_role("link", name=re.compile("^Kazan")).first.click()
    expect(bob.locator("main")).to_contain_text(title)


def test_without_javascript(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", java_script_enabled=False)
    page.goto("/events")
    card = page.locator(".event-card").filter(has=page.get_by_role("button", name=re.compile("^Join (?!the)"))).first
    url = card.get_by_role("link").first.get_attribute("href")
    card.get_by_role("button").click()
    page.wait_for_load_state()
    page.goto(url or "")
    leave, join = page.get_by_role("button", name="I won't come"), page.get_by_role("button", name="Join", exact=True)
    leave.click()
    expect(join).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(leave).to_be_visible()
    expect(join).to_have_count(0)
    leave.click()
    expect(join).to_be_visible()


def test_a_newcomer_finds_their_city_without_scripts(visitor: Visitors) -> None:
    email = f"zaneta.{uuid.uuid4().hex[:8]}@demo.example"
    allow(visitor("adam@demo.example"), email)
    her = visitor(width=320, java_script_enabled=False)
    register(her, email)
    her.goto(mailed(her, email, "Confirm your email", LINK))
    her.get_by_role("button", name="Confirm my email").click()
    her.wait_for_url("**/home")
    her.fill("[name=city_query]", "казань")
    her.get_by_role("button", name="Find", exact=True).click()
    her.get_by_label("Kazan, Russia", exact=True).check()
    her.check("[name=city_audience][value=alumni]", force=True)  # its label lies over it
    her.get_by_role("button", name="Save my city").click()
    expect(her.locator("#first-steps")).to_contain_text("Kazan · seen by: All alumni")


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
    page.goto("/events?where=online")
    listed = page.locator("main a[href^='/events/']").all_inner_texts()
    page.locator("#content .event-card a, #content .row-link").first.click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}"))
    page.go_back()
    assert page.url.endswith("/events?where=online")
    assert page.locator("main a[href^='/events/']").all_inner_texts() == listed


def test_two_accounts_in_two_tabs(visitor: Visitors) -> None:
    """The second sign-in takes the browser over; the form of the first comes back in words and changes nothing."""
    first = visitor("alina@demo.example")
    first.goto("/settings/profile")
    first.fill("[name=work]", "Beekeeper")
    second = first.context.new_page()
    second.goto("/home")
    second.context.clear_cookies()
    sign_in(second, "bob@demo.example")
    first.get_by_role("button", name=re.compile("Save")).click()
    problem = first.locator("main [role=alert]")
    expect(problem).to_contain_text("nothing was saved")
    expect(problem).to_contain_text("You are signed in as Bob Carter.")
    expect(first.locator("[name=work]")).to_have_value("Beekeeper")
    sound(first)
    second.goto("/settings/profile")
    expect(second.locator("[name=first_name]")).to_have_value("Bob")
    expect(second.locator("[name=work]")).not_to_have_value("Beekeeper")
