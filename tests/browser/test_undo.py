"""The undo bar in a browser: the key, the time it stays, what is read out, and the bar without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.browser.test_follows import open_other_person

pytestmark = pytest.mark.browser

UNFOLLOWED = "You no longer follow this person."


def unfollow(page: Page) -> None:
    open_other_person(page)
    page.locator("#follow").click()
    expect(page.locator("#follow")).to_have_text("Unfollow")
    page.locator("#follow").click()
    expect(page.locator(".undo-bar .undo-text")).to_have_text(UNFOLLOWED)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_key_undoes_and_the_bar_goes(visitor: Visitors, width: int) -> None:
    page = visitor("bob@demo.example", width=width)
    unfollow(page)
    expect(page.locator("#live")).to_have_text(f"{UNFOLLOWED} To undo it, press Z.")
    expect(page.locator(".toast-note")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("z")
    expect(page.locator("#follow")).to_have_text("Unfollow")
    expect(page.locator(".undo-bar")).to_have_count(0)


@pytest.mark.parametrize("pressed", ["Control+z", "Shift+z", "Alt+z"])
def test_other_keys_undo_nothing(visitor: Visitors, pressed: str) -> None:
    page = visitor("bob@demo.example")
    unfollow(page)
    page.keyboard.press(pressed)
    expect(page.locator("#follow")).to_have_text("Follow")
    expect(page.locator(".undo-bar")).to_be_visible()


def test_a_key_that_is_typed_into_a_field_undoes_nothing(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    unfollow(page)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input id=typed aria-label=x>')")
    page.locator("#typed").press("z")
    expect(page.locator("#typed")).to_have_value("z")
    expect(page.locator(".undo-bar")).to_be_visible()


def test_the_bar_goes_after_its_time_unless_it_is_used(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.clock.install()
    unfollow(page)
    bar = page.locator(".undo-bar")
    bar.get_by_role("button").focus()
    page.clock.run_for(60_000)
    expect(bar).to_be_visible()
    page.locator("#follow").focus()
    page.clock.run_for(1_000)
    expect(bar).to_have_count(0)


def test_the_bar_stays_under_the_pointer(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.clock.install()
    unfollow(page)
    bar = page.locator(".undo-bar")
    bar.hover()
    page.clock.run_for(60_000)
    expect(bar).to_be_visible()
    page.mouse.move(2, 2)
    page.clock.run_for(1_000)
    expect(bar).to_have_count(0)


def test_the_seconds_are_counted_down(visitor: Visitors) -> None:
    page = visitor()
    page.clock.install()
    page.goto("/dev/components")
    number = page.locator(".undo-bar [data-countdown]")
    expect(number).to_have_text("25")
    page.clock.run_for(400)
    page.clock.run_for(7_000)
    expect(number).to_have_text(re.compile("^1[789]$"))
    page.clock.run_for(19_000)
    expect(page.locator(".undo-bar")).to_have_count(0)


def test_undoing_works_without_scripts(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", java_script_enabled=False)
    unfollow(page)
    bar = page.locator(".undo-bar")
    expect(bar.get_by_text("z", exact=True)).to_be_hidden()
    url = page.url
    bar.get_by_role("button", name="Undo").click()
    expect(page.locator("#follow")).to_have_text("Unfollow")
    assert page.url == url
