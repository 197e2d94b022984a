"""Every page that exists, in every theme, language and width that matters: axe, width, weight, stillness."""

from __future__ import annotations

import gzip
import os
import re
import time

import pytest
from playwright.sync_api import Page, Response, Route

from tests.browser.axe import accompany, scrolls_sideways, violations
from tests.browser.conftest import Visitors, settled

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/register", "/register/done", "/login", "/verify?token=x", "/verify/resend", "/nothing-here")
MEMBER = (
    "/home",
    "/people",
    "/people?q=petrov&from=2015&country=RU",
    "/people?place=Kzan",
    "/map",
    "/map?from=2015&place=Kzan",
    "/events",
    "/events/new",
    "/events/mine",
    "/people/me",
    "/settings/profile",
)
GETTING_IN = ("/login/code", "/login/telegram", "/password/forgot", "/password/reset?token=x", "/email/undo?token=x")
ACCOUNT = (
    "/settings/account",
    "/settings/account/address",
    "/settings/security",
    "/settings/security/proof",
    "/settings/security/password",
    "/settings/security/authenticator",
    "/settings/privacy",
    "/people/me?as=friend",
    "/people/me?as=public",
)
OFFICE = ("/admin", "/admin/verification", "/admin/events", "/admin/allow-list", "/admin/settings", "/admin/outbox")
DEVELOPMENT = ("/dev/components", "/dev/mail", "/dev/telegram")

PAIRS = [(320, "light", "en-GB"), (1280, "dark", "ru-RU")]
GRID = [(width, theme, locale) for width in (320, 1280) for theme in ("light", "dark") for locale in ("en-GB", "ru-RU")]
LOOKS = GRID if os.environ.get("FULL_GRID") else PAIRS

HTML_MAX = 30_000
CODE_MAX = 110_000
MAP_CODE_MAX = 190_000
FONTS_MAX = 70_000
MAP_DATA_MAX = 250_000


def found_on(page: Page, listing: str, pattern: str) -> list[str]:
    """The first address on a list that has the form of ``pattern``."""
    page.goto(listing)
    return re.findall(pattern, page.content())[:1]


def watch_jumps(page: Page) -> None:
    """Have every page that will be opened add up by how much of itself it moves by itself."""
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
        "if (!entry.hadRecentInput) window.shift += entry.value})).observe({type: 'layout-shift', buffered: true})"
    )


def jumps(page: Page) -> float:
    """The layout shift of the page so far, as browsers count it."""
    return float(page.evaluate("window.shift"))


def check(page: Page, path: str) -> list[str]:
    page.goto(path)
    settled(page)
    wrong = [f"{path}: {violation}" for violation in violations(page)]
    if scrolls_sideways(page):
        wrong.append(f"{path}: scrolls sideways")
    return wrong


@pytest.mark.parametrize(("width", "theme", "locale"), LOOKS)
def test_public_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor(width=width, theme=theme, locale=locale)
    accompany(page)
    assert [wrong for path in PUBLIC + GETTING_IN + DEVELOPMENT for wrong in check(page, path)] == []


@pytest.mark.parametrize(("width", "theme", "locale"), LOOKS)
def test_member_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor("bob@demo.example", width=width, theme=theme, locale=locale)
    accompany(page)
    paths = [
        *MEMBER,
        *ACCOUNT,
        *found_on(page, "/events", r'href="(/events/[0-9a-f-]{36})"'),
        *found_on(page, "/map", r'href="(/map/cities/\d+)"'),
    ]
    paths += found_on(page, paths[-1], r'href="(/people/[0-9a-f-]{36})"')
    paths += [f"{paths[-1]}/followers", f"{paths[-1]}/following"]
    assert len(paths) == len(MEMBER) + len(ACCOUNT) + 5
    assert [wrong for path in paths for wrong in check(page, path)] == []


@pytest.mark.parametrize(("width", "theme", "locale"), LOOKS)
def test_office_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor("adam@demo.example", width=width, theme=theme, locale=locale)
    accompany(page)
    paths = [
        *OFFICE,
        "/admin/people",
        "/admin/people?standing=banned&role=alumni&q=nobody",
        *found_on(page, "/admin/people?standing=member", r'href="(/admin/people/[0-9a-f-]{36})"'),
        *found_on(page, "/admin/people?standing=waiting", r'href="(/admin/people/[0-9a-f-]{36})"'),
    ]
    assert len(paths) == len(OFFICE) + 4
    assert [wrong for path in paths for wrong in check(page, path)] == []


def test_the_longest_words_break(visitor: Visitors) -> None:
    """Sixty letters without a blank in the place of every name and title."""
    page = visitor("adam@demo.example", width=320)
    event = found_on(page, "/events", r'href="(/events/[0-9a-f-]{36})"')[0]
    person = found_on(page, f"{event}/people", r'href="(/people/[0-9a-f-]{36})"')[0]
    found = found_on(page, "/admin/people", r'href="(/admin/people/[0-9a-f-]{36})"')
    wide = []
    people = ("/admin/people", *found)
    mine = (event, f"{event}/edit", f"{event}/people", person, "/settings/account")
    for path in ("/home", "/events", *mine, *OFFICE, *people):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main bdi').forEach((name) => { name.textContent = 'W'.repeat(60); })")
        wide += [path] if scrolls_sideways(page) else []
    assert wide == []


class Weights:
    """What a first visit carries, compressed as the server sent it or as it would be."""

    def __init__(self, page: Page) -> None:
        self.html = self.code = self.fonts = self.map_data = 0
        page.on("response", self.weigh)

    def weigh(self, response: Response) -> None:
        if not response.ok:
            return
        kind = response.headers.get("content-type", "")
        size = len(gzip.compress(response.body(), 6))
        if kind.startswith("text/html"):
            self.html += size
        elif kind.startswith(("text/css", "text/javascript", "application/javascript")):
            self.code += size
        elif "font" in kind:
            self.fonts += len(response.body())
        elif "base-map" in response.url:
            self.map_data += size


@pytest.mark.parametrize("path", [*PUBLIC[:4], *MEMBER, "/settings/account"])
def test_a_first_visit_is_light(visitor: Visitors, path: str) -> None:
    page = visitor(None if path in PUBLIC else "bob@demo.example", locale="ru-RU")
    weights = Weights(page)
    page.goto(path)
    settled(page)
    has_map = page.locator("[data-map]").count() > 0
    assert weights.html <= HTML_MAX
    assert weights.code <= (MAP_CODE_MAX if has_map else CODE_MAX)
    assert weights.fonts <= FONTS_MAX
    assert weights.map_data <= MAP_DATA_MAX


def come_late(route: Route) -> None:
    """After the first look at the page, as on a slow line."""
    time.sleep(0.15)
    route.continue_()


@pytest.mark.parametrize("path", ["/", "/events", "/map", "/home", "/settings/profile"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_jumps(visitor: Visitors, path: str, width: int) -> None:
    """Not even when fonts and our scripts arrive after the page was painted."""
    page = visitor(None if path == "/" else "bob@demo.example", width=width)
    watch_jumps(page)
    page.route(re.compile(r"[.]woff2|/static/js/"), come_late)
    page.goto(path)
    settled(page)
    page.wait_for_timeout(300)
    assert jumps(page) == 0


def test_axe_can_find_something(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    assert any(violation.startswith("label") for violation in violations(page))
