"""Where the focus begins, what high contrast and large text leave to see, and what stands at one edge."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.tagName"))


@pytest.mark.parametrize("width", [320, 1280])
def test_after_a_form_the_page_begins_at_its_heading(visitor: Visitors, width: int) -> None:
    page = visitor("bob@demo.example", width=width)
    page.goto("/settings/account")
    assert focused(page) == "BODY", "a visit begins at the top, before the skip link"
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".toast-note")).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    page.reload()
    expect(page.locator("h1")).not_to_be_focused()


def test_a_refused_form_begins_at_what_is_wrong(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-focus]")).to_be_focused()


def outlined(page: Page, selector: str) -> list[bool]:
    script = "links => links.map((link) => parseFloat(getComputedStyle(link).outlineWidth) > 0 "
    script += "&& getComputedStyle(link).outlineStyle !== 'none')"
    found: list[bool] = page.locator(selector).evaluate_all(script)
    return found


@pytest.mark.parametrize(
    ("path", "links", "width"),
    [
        ("/settings/privacy", ".tab", 1280),
        ("/people", ".topnav a", 1280),
        ("/events", ".bottombar > a", 320),
        ("/admin/people", ".office-nav a", 1280),
    ],
)
def test_high_contrast_shows_what_is_current_and_nothing_else(
    visitor: Visitors, path: str, links: str, width: int
) -> None:
    page = visitor("adam@demo.example", width=width, forced_colors="active")
    page.goto(path)
    current = page.locator(links).evaluate_all("links => links.map((link) => link.hasAttribute('aria-current'))")
    assert any(current)
    assert not all(current)
    assert outlined(page, links) == current


def test_no_tab_but_the_current_one_is_underlined_in_high_contrast(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", forced_colors="active")
    page.goto("/settings/privacy")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    colours = page.locator(".tab:not([aria-current])").evaluate_all(
        "tabs => tabs.map((tab) => getComputedStyle(tab).borderBottomColor)"
    )
    assert set(colours) == {ground}


LABELS = ".bottombar span, .topbar-title span, .btn span, .tab, .brand-name, label, .chip span"
CUT = """labels => labels
    .filter((label) => label.clientWidth > 1)  // else it is for screen readers
    .filter((label) => label.scrollWidth > label.clientWidth + 1 && getComputedStyle(label).overflowX !== "visible")
    .map((label) => label.textContent.trim())"""


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
@pytest.mark.parametrize("path", ["/home", "/people", "/events", "/settings/account", "/settings/security", "/map"])
def test_no_label_is_cut_with_text_at_200_percent(visitor: Visitors, path: str, locale: str) -> None:
    page = visitor("bob@demo.example", width=320, locale=locale)
    page.goto(path)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.locator(LABELS).evaluate_all(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= 321")


def left_edges(page: Page) -> set[int]:
    script = """() => [".brand-mark", "main h1", ".footer-inner a"].map((selector) => {
        const element = document.querySelector(selector);
        const { paddingLeft, borderLeftWidth } = getComputedStyle(element);
        return Math.round(element.getBoundingClientRect().left + parseFloat(paddingLeft) + parseFloat(borderLeftWidth));
    })"""
    return set(page.evaluate(script))


@pytest.mark.parametrize(
    "path",
    [
        "/people",
        "/events",
        "/events/new",
        "/settings/account",
        "/settings/security",
        "/settings/privacy",
        "/settings/profile",
    ],
)
@pytest.mark.parametrize("width", [1024, 1280, 1600])
def test_brand_content_and_footer_begin_at_one_edge(visitor: Visitors, path: str, width: int) -> None:
    page = visitor("bob@demo.example", width=width)
    page.goto(path)
    assert len(left_edges(page)) == 1


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
@pytest.mark.parametrize("path", ["/login", "/register", "/", "/help"])
def test_the_name_of_the_portal_breaks_in_no_word(visitor: Visitors, path: str, locale: str) -> None:
    page = visitor(width=320, locale=locale)
    page.goto(path)
    broken = page.locator(".brand-name").evaluate("""(element) => {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const found = [];
        while (texts.nextNode()) {
            for (const { 0: word, index } of texts.currentNode.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(texts.currentNode, index);
                range.setEnd(texts.currentNode, index + word.length);
                if (range.getClientRects().length > 1) found.push(word);
            }
        }
        return found;
    }""")
    assert broken == []


@pytest.mark.parametrize("path", ["/login", "/register", "/", "/password/forgot"])
@pytest.mark.parametrize("width", [320, 1280])
def test_there_is_a_navigation_before_sign_in(visitor: Visitors, path: str, width: int) -> None:
    page = visitor(width=width)
    page.goto(path)
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    assert links.count() >= 1


def test_the_way_back_has_a_name(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto("/settings/security/password")
    expect(page.locator(".topbar").get_by_role("link", name="Back", exact=True)).to_be_visible()


def test_me_opens_the_own_menu_on_a_phone(visitor: Visitors) -> None:
    page = visitor("adam@demo.example", width=320)
    page.goto("/people")
    expect(page.locator(".topbar details")).to_be_hidden()
    page.locator(".bottombar summary").click()
    for name in ("My profile", "Account", "Alumni office"):
        expect(page.locator(".bottombar").get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.locator(".bottombar").get_by_role("button", name="Sign out")).to_be_visible()


def test_the_office_menu_of_a_phone_is_whole(visitor: Visitors) -> None:
    page = visitor("adam@demo.example", width=320, locale="ru-RU")
    page.goto("/admin/people")
    page.locator(".office-menu summary").click()
    links = page.locator(".office-menu a")
    assert links.count() >= 6
    boxes = links.evaluate_all("links => links.map((link) => link.getBoundingClientRect().right)")
    assert max(boxes) <= 320
    links.filter(has_text=re.compile("Встречи")).click()
    page.wait_for_url("**/admin/events")


ALONE = ".row-note > a:only-child, .page-head-note > a, .section-head a, .follows-counts a, .attendance-faces a, dd > a"


@pytest.mark.parametrize("path", ["/home", "/events", "/people/me", "/settings/security"])
def test_links_that_stand_alone_are_24_pixels_high(visitor: Visitors, path: str) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto(path)
    shown = page.locator(ALONE).and_(page.locator(":visible"))
    heights = shown.evaluate_all("links => links.map((link) => link.getBoundingClientRect().height)")
    assert [height for height in heights if height < 24] == []
