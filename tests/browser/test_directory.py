"""The directory with scripts: what the keyboard does in its filters."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser


def test_enter_searches_once(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/people")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/people?" in request.url else None)
    entries = page.evaluate("history.length")
    page.locator("#filter-words").fill("a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=a&"))
    expect(page.locator("#filter-sort option:checked")).to_have_text("best match")
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1
    assert page.evaluate("history.length") == entries + 1
    expect(page.locator("#filter-words")).to_be_focused()


def test_taking_filters_out_by_keyboard_goes_on_from_where_they_were(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/people?from=2010&role=alumni")
    page.get_by_role("link", name="Class of 2010 and later").press("Enter")
    expect(page.get_by_role("link", name=re.compile("^Alumni.*Remove"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#filter-words")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/people$"))


def test_both_years_are_typed_in_one_menu_and_rows_follow_and_undo(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto("/people")
    page.locator("#filter-more > summary").click()
    page.locator("#filter-menu-years > summary").click()
    page.locator("#filter-from").fill("2010")
    with page.expect_response("**/people?*from=2010*"):
        page.keyboard.press("Tab")
    expect(page.locator("#filter-to")).to_be_focused()
    page.keyboard.type("2024")
    with page.expect_response("**/people?*to=2024*"):
        page.keyboard.press("Enter")
    expect(page.locator(".filter-chip.is-set summary")).to_have_text("Class of 2010\u20132024")
    row = page.locator(".people-rows .row-item").filter(has=page.locator(".follow-row")).first
    name = row.locator(".row-title bdi").inner_text()
    page.get_by_role("button", name=f"Follow {name}", exact=True).click()
    page.get_by_role("button", name=f"Following {name}. Stop following").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=f"Following {name}. Stop following")).to_be_visible()
