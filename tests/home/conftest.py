"""Three cities with people, and a browser on a server of the test's own database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.profiles.models import Audience, City
from tests.factories import live_in, make_account, make_city
from tests.support.browser import executable
from tests.support.clients import Page

BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

Settle = Callable[..., list[Account]]


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", lat=55.79, lng=49.12)


@pytest.fixture
def innopolis(app: PortalFlask) -> City:
    return make_city("Innopolis", name_ru="Иннополис", lat=55.75, lng=48.74, population=5_000)


@pytest.fixture
def berlin(app: PortalFlask) -> City:
    return make_city("Berlin", "Germany", name_ru="Берлин", country_code="DE", lat=52.52, lng=13.41)


@pytest.fixture
def settle(app: PortalFlask) -> Settle:
    """Make so many people of one city."""

    def make(number: int, city: City, audience: Audience = Audience.MEMBERS, **values: Any) -> list[Account]:
        people = [make_account(**values) for _ in range(number)]
        for person in people:
            live_in(person, city, audience)
        return people

    return make


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    """Alina's browser."""
    return page.sign_in(alina)


@pytest.fixture
def address(committed: PortalFlask) -> Iterator[str]:
    """A server of the committed database, in a thread of this process."""
    server = make_server("127.0.0.1", 0, committed, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Watched:
    """A browser window that remembers what it should not have to say."""

    def __init__(self, window: Any, address: str) -> None:
        self.window = window
        self.complaints: list[str] = []
        window.on("console", lambda message: self.complaints.append(message.text))
        window.on("pageerror", lambda error: self.complaints.append(str(error)))
        window.on("request", lambda request: self.note(request.url, address))

    def note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.complaints.append(f"a request to {url}")


@pytest.fixture
def browser(address: str, mine: Page) -> Iterator[Watched]:
    """A window in which Alina is signed in."""
    from playwright.sync_api import sync_playwright

    cookie = mine.client.get_cookie("session")
    assert cookie is not None
    chromium = executable()  # may ask Playwright itself, which cannot be nested
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
        context = started.new_context(base_url=address, reduced_motion="reduce", locale="en")
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        yield Watched(context.new_page(), address)
        started.close()
