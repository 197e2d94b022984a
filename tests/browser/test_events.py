"""Events with scripts: filters, "Show more", joining, dialogs, the form; and axe on each state."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound
from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

ALINA = "alina@demo.example"


def open_event(page: Page) -> None:
    """Open an event that the viewer can join."""
    page.goto("/events")
    page.locator("li:has(.join button)", has_not_text="Wait for a place").locator(".row-link").first.click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}$"))


def test_a_filter_updates_the_list_and_the_url(visitor: Visitors) -> None:
    page = visitor(ALINA)
    page.goto("/events")
    everything = page.locator(".list-count").inner_text()
    page.focus("#filter-where")
    page.select_option("#filter-where", "online")
    expect(page.locator(".chip")).to_have_text("Online")
    expect(page.locator(".list-count")).not_to_have_text(everything)
    assert "where=online" in page.url
    expect(page.locator("#filter-where")).to_be_focused()
    page.locator(".chip").click()
    expect(page.locator(".list-count")).to_have_text(everything)


def test_show_more_unfolds_the_list_and_going_back_finds_it_again(visitor: Visitors) -> None:
    page = visitor(ALINA)
    page.goto("/events")
    first = page.locator(".event-card").count()
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".event-card").nth(first)).to_be_visible()
    assert "until=" in page.url
    unfolded = page.locator(".event-card").count()
    page.locator(".row-link").nth(first).click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}$"))
    page.go_back()
    expect(page.locator(".event-card")).to_have_count(unfolded)


@pytest.mark.parametrize("path", ["/events", "/home"])
def test_joining_far_down_a_list_keeps_the_place(visitor: Visitors, path: str) -> None:
    page = visitor(ALINA, width=320, height=700)
    page.goto(path)
    button = page.locator("main button", has_text=re.compile(r"^\s*Join\s*$")).nth(1)
    button.evaluate("element => element.scrollIntoView({block: 'center'})")
    place = page.evaluate("scrollY")
    assert place > 300
    button.click()
    expect(page.locator(".undo-bar")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("scrollY") == place


@pytest.mark.parametrize("width", [320, 1280])
def test_joining_leaving_and_undoing_keep_the_focus_and_say_so(visitor: Visitors, width: int) -> None:
    page = visitor(ALINA, width=width)
    open_event(page)
    sound(page)
    steps = (("Join", "You are going."), ("I won't come", "You are no longer going."), ("Join", "You are going."))
    for label, said in steps:
        expect(page.locator("#attend")).to_have_text(label)
        page.locator("#attend").press("Enter")
        expect(page.locator("#live")).to_have_text(f"{said} To undo it, press Z.")
        expect(page.locator("#attend")).to_be_focused()
        sound(page)
    page.keyboard.press("z")
    expect(page.locator("#attend")).to_have_text("Join")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


@pytest.mark.parametrize("path", ["/home", "/events"])
def test_joining_from_a_list_changes_all_that_speaks_of_it(visitor: Visitors, path: str) -> None:
    page = visitor("bob@demo.example")
    page.goto(path)
    item = page.locator("li:has(.join button)", has_not_text="Wait for a place").first
    link = item.locator(".row-link").get_attribute("id")
    item.get_by_role("button").press("Enter")
    expect(page.locator("#live")).to_have_text("You are going. To undo it, press Z.")
    expect(page.locator(f"#{link}")).to_be_focused()
    going = page.locator("li, article").filter(has=page.locator(f"#{link}")).last
    expect(going).to_contain_text("Going")
    expect(going.locator(".join")).to_have_count(0)
    assert page.url.endswith(path)
    sound(page)


@pytest.mark.parametrize(("width", "theme", "locale"), [(320, "dark", "ru-RU"), (1280, "light", "en-GB")])
def test_the_form_finds_a_city_keeps_what_was_typed_and_says_what_is_wrong(
    visitor: Visitors, width: int, theme: str, locale: str
) -> None:
    page = visitor(ALINA, width=width, theme=theme, locale=locale)
    page.goto("/events/new")
    page.fill("#title", "Проверка")
    page.fill("#city_query", "казань")
    expect(page.locator("[name=city_id]:checked + label")).to_contain_text(re.compile("Kazan|Казань"))
    page.locator("form#event-form .btn-primary").click()
    expect(page.locator(".notice-danger")).to_be_focused()
    expect(page.locator("#title")).to_have_value("Проверка")
    expect(page.locator("[name=city_id]:checked + label")).to_contain_text(re.compile("Kazan|Казань"))
    sound(page)
    page.check("#is_online")
    expect(page.locator("#city_query")).to_be_hidden()
    expect(page.locator("#time_zone")).to_be_visible()
    sound(page)


def test_the_office_declines_in_a_dialog_and_the_organisers_tools_ask_first(visitor: Visitors) -> None:
    page = visitor("mona@demo.example")
    page.goto("/events")
    page.locator(".row-link").first.click()
    page.get_by_role("button", name="Unpublish").click()
    expect(page.locator("#decline-dialog")).to_be_visible()
    sound(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#delete-dialog")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#delete-dialog")).to_be_hidden()
    page.get_by_role("link", name="See all").click()
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    sound(page)


def test_everything_works_without_scripts(visitor: Visitors) -> None:
    page = visitor(ALINA, java_script_enabled=False)
    open_event(page)
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#attendance .pill")).to_have_text("Going")
    page.get_by_role("button", name="I won't come").click()
    expect(page.get_by_role("button", name="Join")).to_be_visible()
