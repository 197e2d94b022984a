"""Going back to a form finds what was typed into it, and nobody else does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors, sign_in

pytestmark = pytest.mark.browser


def open_form(visitor: Visitors) -> Page:
    page = visitor("bob@demo.example")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/events")
    page.goto("/events/new")
    page.locator("#title").press_sequentially("Tea & Пряники")
    page.locator("#description").fill("Two\nlines")
    return page


def expect_typed(page: Page) -> None:
    expect(page.locator("#title")).to_have_value("Tea & Пряники")
    expect(page.locator("#description")).to_have_value("Two\nlines")


def test_after_another_page(visitor: Visitors) -> None:
    page = open_form(visitor)
    page.locator(".topnav a").first.click()
    page.wait_for_url("**/people")
    page.go_back()
    expect_typed(page)
    page.locator(".topnav a").first.click()  # which asks again, for nothing is saved
    page.wait_for_url("**/people")


def test_after_a_refusal(visitor: Visitors) -> None:
    page = open_form(visitor)
    page.locator("#event-form [type=submit]").last.click()
    expect(page.locator("[data-focus]")).to_be_focused()
    page.go_back()
    expect_typed(page)


def test_choices_are_there_again(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/settings/account")
    page.select_option("#theme", "dark")
    page.locator(".topnav a").first.click()
    page.wait_for_url("**/people")
    page.go_back()
    expect(page.locator("#theme")).to_have_value("dark")


def test_a_new_visit_begins_empty(visitor: Visitors) -> None:
    page = open_form(visitor)
    page.goto("/people")
    page.goto("/events/new")
    expect(page.locator("#title")).to_have_value("")


def test_passwords_are_not_kept(visitor: Visitors) -> None:
    page = visitor()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/register")
    page.fill("#email", "vera@example.org")
    page.fill("#password", "a secret of mine")
    page.goto("/login")
    kept = page.evaluate("JSON.stringify({...sessionStorage})")
    assert "vera@example.org" in kept
    assert "a secret of mine" not in kept


def test_nobody_else_finds_what_was_typed(visitor: Visitors) -> None:
    page = open_form(visitor)
    page.goto("/people")
    assert "Пряники" in page.evaluate("JSON.stringify({...sessionStorage})")
    page.context.clear_cookies()
    sign_in(page, "alina@demo.example")
    page.goto("/events")
    assert "Пряники" not in page.evaluate("JSON.stringify({...sessionStorage})")
    page.go_back()
    page.go_back()
    page.wait_for_url(re.compile("/events/new$"))
    expect(page.locator("#title")).to_have_value("")
