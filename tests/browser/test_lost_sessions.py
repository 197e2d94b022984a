"""What becomes of an open page when its session ends, its cookie is lost, or somebody signs in in another tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound, violations
from tests.browser.conftest import PASSWORD, Visitors, sign_in

pytestmark = pytest.mark.browser


def sign_out_in_another_tab(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/home")
    sign_out(other)
    other.close()


def test_a_registration_without_its_cookie_is_sent_by_one_more_press(visitor: Visitors) -> None:
    page = visitor(width=320)
    page.goto("/register")
    page.fill("#first_name", "Vera")
    page.fill("#last_name", "Demo")
    page.fill("#email", "lost-cookie@example.org")
    page.fill("#password", "a long enough password")
    page.context.clear_cookies()
    page.get_by_role("button", name="Register").click()
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator("#first_name")).to_have_value("Vera")
    expect(page.locator("#email")).to_have_value("lost-cookie@example.org")
    assert violations(page) == []


def test_signing_in_in_two_tabs_says_so(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login?next=/map")
    sign_in(page, "bob@demo.example")
    page.fill("#email", "bob@demo.example")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/map")
    expect(page.locator(".toast-note")).to_have_text("You are signed in already.")


def test_a_filter_after_signing_out_elsewhere_opens_the_sign_in(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/people")
    sign_out_in_another_tab(page)
    page.locator(".filter-bar [type=search]").first.fill("petrov")
    page.keyboard.press("Enter")
    page.wait_for_url("**/login?next=**")
    assert "petrov" in page.url
    expect(page.locator("h1")).to_have_text("Sign in")


def test_an_event_is_kept_while_its_author_signs_in_again(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto("/events/new")
    page.fill("#title", "Tea and Прянки")
    sign_out_in_another_tab(page)
    page.locator("#event-form [type=submit]").last.click()
    expect(page.locator("h1")).to_have_text("What you typed is still here")
    sound(page)
    with page.context.expect_page() as opened:
        page.locator("#content").get_by_role("link", name="Sign in").click()
    expect(opened.value.locator("h1")).to_have_text("Sign in")
    sign_in(opened.value, "bob@demo.example")
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#title")).to_have_value("Tea and Прянки")


def sign_out(page: Page) -> None:
    page.locator("details.menu-end > summary:visible").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/$"))


@pytest.mark.parametrize("path", ["/settings/account", "/people", "/home", "/admin/people"])
def test_going_back_after_signing_out_shows_nothing_private(visitor: Visitors, path: str) -> None:
    page = visitor("adam@demo.example")
    page.goto(path)
    sign_out(page)
    page.go_back()
    page.wait_for_url("**/login?next=**")
    expect(page.locator("body")).not_to_contain_text("adam@demo.example")
    expect(page.locator(".row-link")).to_have_count(0)


def test_a_page_from_the_history_is_hidden_and_loaded_anew_for_somebody_else(visitor: Visitors) -> None:
    """As the browser brings back what it has frozen: the page is hidden, then shown or loaded anew."""
    page = visitor("bob@demo.example")
    page.goto("/settings/account")
    freeze(page)
    expect(page.locator("h1")).to_be_hidden()
    thaw(page)
    expect(page.locator("h1")).to_be_visible()
    freeze(page)
    page.context.clear_cookies()
    sign_in(page, "alina@demo.example")
    with page.expect_navigation():
        thaw(page)
    expect(page.locator("main")).to_contain_text("alina@demo.example")


def test_a_page_from_the_history_stays_hidden_without_a_connection(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/settings/account")
    freeze(page)
    page.route("**/session/owner", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        thaw(page)
    expect(page.locator("h1")).to_be_hidden()
    page.unroute("**/session/owner")
    expect(page.locator("h1")).to_be_visible()
    assert all("ERR_FAILED" in fault for fault in visitor.faults)
    visitor.faults.clear()


def freeze(page: Page) -> None:
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")


def thaw(page: Page) -> None:
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")


def test_going_back_to_a_list_still_shows_it(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/people?q=a")
    rows = page.locator("#people-list .row-link")
    number = rows.count()
    rows.nth(number - 1).click()
    page.wait_for_url(re.compile("/people/[0-9a-f-]{36}$"))
    page.go_back()
    expect(rows).to_have_count(number)
    expect(rows.first).to_be_visible()
    assert page.evaluate("scrollY") > 0
