"""A real browser against a real server; a message on the console of any page fails the test.

A request to another server causes one too: the browser of the suite can reach no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.browser import MISSING, launch

PASSWORD = "welcome-to-demo"
REFUSALS = ("status of 400", "status of 401", "status of 403", "status of 422")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = launch(playwright)
        assert launched is not None, MISSING
        yield launched
        launched.close()


class Visitors:
    """Opens browsers of different people and remembers what went wrong in any of them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[Any] = []
        self.faults: list[str] = []

    def __call__(
        self,
        email: str | None = None,
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        locale: str = "en-GB",
        **options: Any,
    ) -> Page:
        """Return the page of a new browser, signed in if ``email`` is given."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # "light" or "dark"
            locale=locale,
            reduced_motion="reduce",
            **options,
        )
        self.contexts.append(context)
        page: Page = context.new_page()
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        if email:
            sign_in(page, email)
        return page

    def note(self, message: ConsoleMessage) -> None:
        """Record a console message, unless it is of a refused form or of a page that does not exist."""
        asked_for = message.page is not None and message.location["url"] == message.page.url
        expected = any(status in message.text for status in REFUSALS) or ("status of 404" in message.text and asked_for)
        if message.type in {"error", "warning"} and not (message.type == "error" and expected):
            self.faults.append(f"console {message.type}: {message.text} {message.location['url']}")


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visitors]:
    """Yield the visitors of a server, and close their browsers; fail if anything went wrong in one of them."""
    visitors = Visitors(browser, url)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.faults == []


@pytest.fixture
def visitor(browser: Browser, demo_server: str) -> Iterator[Visitors]:
    with visiting(browser, demo_server) as visitors:
        yield visitors


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Send what the form of the page sends, without rendering the page, which has tests of its own."""
    form = re.search(r'name="csrf_token" value="([^"]+)"', page.request.get("/login").text())
    assert form, "the browser is signed in already"
    fields = {"csrf_token": form[1], "email": email, "password": password}
    answer = page.request.post("/login", form=fields, max_redirects=0)
    assert answer.status == 303, answer.text()


def settled(page: Page) -> None:
    """Wait until the page shows all it has: fonts, pictures, a map with its land painted, and nothing on its way."""
    page.wait_for_load_state("load")
    page.wait_for_function(
        """async () => {
            await document.fonts.ready;
            const maps = [...document.querySelectorAll("[data-map]")];
            const land = performance.getEntriesByType("resource").some(({ name }) => name.includes("base-map"));
            return maps.every((map) => land && "ready" in map.dataset)
                && !document.querySelector(".htmx-request, .htmx-settling");
        }"""
    )
