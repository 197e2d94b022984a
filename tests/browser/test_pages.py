"""Every page that exists, in every theme, language and width that matters: axe, width, weight, stillness."""

from __future__ import annotations

import gzip
import os
import re
import time
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, Route

from tests.browser.axe import accompany, scrolls_sideways, violations
from tests.browser.conftest import Visitors, settled

pytestmark = pytest.mark.browser

PUBLIC = (
    "/",
    "/register",
    "/register/done",
    "/login",
    "/verify?token=x",
    "/verify/resend",
    "/help",
    "/privacy",
    "/contact",
    "/nothing-here",
)
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
GETTING_IN = (
    "/login/code",
    "/login/telegram",
    "/password/forgot",
    "/password/reset?token=x",
    "/password/reset/done",
    "/email/undo?token=x",
)
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
OFFICE = (
    "/admin",
    "/admin/verification",
    "/admin/events",
    "/admin/allow-list",
    "/admin/settings",
    "/admin/settings/privacy",
    "/admin/settings/contact",
    "/admin/outbox",
)
DEVELOPMENT = ("/dev/components", "/dev/mail", "/dev/telegram")

PAIRS = [(320, "light", "en-GB"), (1280, "dark", "ru-RU")]
GRID = [(width, theme, locale) for width in (320, 1280) for theme in ("light", "dark") for locale in ("en-GB", "ru-RU")]
VARIANTS = GRID if os.environ.get("FULL_GRID") else PAIRS
MODES: dict[str, dict[str, Any]] = {
    "forced colours": {"width": 1280, "forced_colors": "active"},
    "enlarged to 400 %": {"width": 320, "height": 256, "locale": "ru-RU"},
}
"""What else changes a page's look: high contrast, and a screen of 1280 by 1024 pixels at 400 % (WCAG 1.4.10)."""

HTML_MAX = 30_000
CODE_MAX = 110_000
MAP_CODE_MAX = 190_000
FONTS_MAX = 70_000
MAP_DATA_MAX = 250_000


def found_on(page: Page, listing: str, pattern: str) -> list[str]:
    """Return the first URL on a list that matches ``pattern``, as a list of at most one."""
    page.goto(listing)
    return re.findall(pattern, page.content())[:1]


def member_pages(page: Page) -> list[str]:
    """Return the URLs of the pages of a member, with those of an event, a city and a person."""
    paths = [
        *MEMBER,
        *ACCOUNT,
        *found_on(page, "/events", r'href="(/events/[0-9a-f-]{36})"'),
        *found_on(page, "/map", r'href="(/map/cities/\d+)"'),
    ]
    paths += found_on(page, paths[-1], r'href="(/people/[0-9a-f-]{36})"')
    paths += [f"{paths[-1]}/followers", f"{paths[-1]}/following"]
    assert len(paths) == len(MEMBER) + len(ACCOUNT) + 5
    return paths


def office_pages(page: Page) -> list[str]:
    """Return the URLs of the office's pages, with those of a member and of somebody who waits."""
    paths = [
        *OFFICE,
        "/admin/people",
        "/admin/people?standing=banned&role=alumni&q=nobody",
        *found_on(page, "/admin/people?standing=member", r'href="(/admin/people/[0-9a-f-]{36})"'),
        *found_on(page, "/admin/people?standing=waiting", r'href="(/admin/people/[0-9a-f-]{36})"'),
    ]
    event = found_on(page, "/events", r'href="(/events/[0-9a-f-]{36})"')[0]
    paths += [event, f"{event}/people", f"{event}/people/print", f"{event}/edit"]
    assert len(paths) == len(OFFICE) + 8
    return paths


def watch_jumps(page: Page) -> None:
    """Have every page that will be opened add up by how much of itself it moves by itself."""
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
        "if (!entry.hadRecentInput) window.shift += entry.value})).observe({type: 'layout-shift', buffered: true})"
    )


def jumps(page: Page) -> float:
    """Return the layout shift of the page so far, as browsers count it."""
    return float(page.evaluate("window.shift"))


def check(page: Page, path: str) -> list[str]:
    page.goto(path)
    settled(page)
    wrong = [f"{path}: {violation}" for violation in violations(page)]
    if scrolls_sideways(page):
        wrong.append(f"{path}: scrolls sideways: {page.evaluate(TOO_WIDE)}")
    return wrong + [f"{path}: {bar} covers a low screen" for bar in sticking(page)]


TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((element) => element.tagName + "." + element.className).slice(0, 5)"""


STICKING = """() => innerHeight >= 480 ? [] : [...document.querySelectorAll("body, body *")]
    .filter((element) => /fixed|sticky/.test(getComputedStyle(element).position))
    .filter((element) => element.getBoundingClientRect().height > 0)
    .map((element) => element.tagName + "." + element.className)"""


def sticking(page: Page) -> list[str]:
    """Return the elements that stay where they are while a low screen scrolls; they would cover half of it."""
    found: list[str] = page.evaluate(STICKING)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_public_pages_bear_other_modes(visitor: Visitors, mode: str) -> None:
    page = visitor(**MODES[mode])
    accompany(page)
    assert [wrong for path in PUBLIC + GETTING_IN + DEVELOPMENT for wrong in check(page, path)] == []


@pytest.mark.parametrize("mode", MODES)
def test_member_pages_bear_other_modes(visitor: Visitors, mode: str) -> None:
    page = visitor("bob@demo.example", **MODES[mode])
    accompany(page)
    assert [wrong for path in member_pages(page) for wrong in check(page, path)] == []


@pytest.mark.parametrize("mode", MODES)
def test_office_pages_bear_other_modes(visitor: Visitors, mode: str) -> None:
    page = visitor("adam@demo.example", **MODES[mode])
    accompany(page)
    assert [wrong for path in office_pages(page) for wrong in check(page, path)] == []


def test_what_sticks_on_a_low_screen_is_found(visitor: Visitors) -> None:
    page = visitor(height=256)
    page.goto("/login")
    assert sticking(page) == []
    page.evaluate("document.querySelector('.topbar').classList.add('fixed-top')")  # of Bootstrap
    assert sticking(page) == ["HEADER.topbar fixed-top"]


@pytest.mark.parametrize(("width", "theme", "locale"), VARIANTS)
def test_public_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor(width=width, theme=theme, locale=locale)
    accompany(page)
    assert [wrong for path in PUBLIC + GETTING_IN + DEVELOPMENT for wrong in check(page, path)] == []


@pytest.mark.parametrize(("width", "theme", "locale"), VARIANTS)
def test_member_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor("bob@demo.example", width=width, theme=theme, locale=locale)
    accompany(page)
    assert [wrong for path in member_pages(page) for wrong in check(page, path)] == []


@pytest.mark.parametrize(("width", "theme", "locale"), VARIANTS)
def test_office_pages_break_no_rule(visitor: Visitors, width: int, theme: str, locale: str) -> None:
    page = visitor("adam@demo.example", width=width, theme=theme, locale=locale)
    accompany(page)
    assert [wrong for path in office_pages(page) for wrong in check(page, path)] == []


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


def kind_of(response: Response) -> str:
    """Return which limit the bytes of a response count for; none, an empty text, for pictures and later data."""
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/html"):
        return "html"
    if kind.startswith(("text/css", "text/javascript", "application/javascript")):
        return "code"
    if "font" in kind:
        return "fonts"
    return "map data" if "base-map" in response.url else ""


def weights(page: Page, path: str) -> Counter[str]:
    """Bytes that opening a page brings, compressed as the server sends them or would (fonts are as they are)."""
    weighed: Counter[str] = Counter()

    def weigh(answer: Response) -> None:
        if answer.ok and (kind := kind_of(answer)):
            weighed[kind] += len(answer.body() if kind == "fonts" else gzip.compress(answer.body(), 6))

    page.on("response", weigh)
    page.goto(path)
    settled(page)
    page.remove_listener("response", weigh)
    return weighed


def too_heavy(page: Page, path: str) -> list[str]:
    weighed = weights(page, path)
    assert min(weighed["html"], weighed["code"]) > 0, "everything comes anew"
    code_max = MAP_CODE_MAX if page.locator("[data-map]").count() else CODE_MAX
    most = {"html": HTML_MAX, "code": code_max, "fonts": FONTS_MAX, "map data": MAP_DATA_MAX}
    return [f"{path}: {weighed[kind]} bytes of {kind}" for kind in most if weighed[kind] > most[kind]]


@pytest.mark.parametrize(("email", "paths"), [(None, PUBLIC[:4]), ("bob@demo.example", (*MEMBER, "/settings/account"))])
def test_first_visits_are_light(visitor: Visitors, email: str | None, paths: tuple[str, ...]) -> None:
    page = visitor(email, locale="ru-RU")
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    assert [heavy for path in paths for heavy in too_heavy(page, path)] == []


LATE = re.compile(r"[.]woff2|/static/(js|dist)/[a-z-]+([.][0-9a-f]{10})?[.]js")


def come_late(route: Route) -> None:
    """After the first look at the page, as on a slow line."""
    time.sleep(0.15)
    route.continue_()


def jumping(page: Page, path: str) -> list[str]:
    """How far the page moves by itself."""
    page.goto(path)
    settled(page)
    page.wait_for_timeout(300)
    return [f"{path}: {jumped}"] if (jumped := jumps(page)) else []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    ("email", "paths"), [(None, ("/",)), ("bob@demo.example", ("/events", "/map", "/home", "/settings/profile"))]
)
def test_nothing_jumps_when_fonts_and_scripts_come_late(
    visitor: Visitors, email: str | None, paths: tuple[str, ...], width: int
) -> None:
    page = visitor(email, width=width)
    watch_jumps(page)
    page.route(LATE, come_late)  # which has nothing come from a cache either
    for path in paths:
        with page.expect_request(LATE):
            assert jumping(page, path) == []


def test_nothing_jumps_while_a_page_arrives_in_parts(visitor: Visitors) -> None:
    page = visitor(width=320)
    watch_jumps(page)
    page.goto("/login")  # what is kept of it comes at once the next time
    line = {"offline": False, "latency": 0, "downloadThroughput": 8_000, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    assert jumping(page, "/login") == []


def test_axe_can_find_something(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    assert any(violation.startswith("label") for violation in violations(page))


def test_a_request_elsewhere_is_noticed(browser: Browser, demo_server: str) -> None:
    visitors = Visitors(browser, demo_server)
    page = visitors(bypass_csp=True)
    page.goto("/login")
    page.evaluate("fetch('http://203.0.113.1/').catch(() => {})")
    page.context.close()
    assert [trouble for trouble in visitors.faults if "ERR_NAME_NOT_RESOLVED" in trouble]
