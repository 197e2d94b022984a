"""Twelve journeys as a screen reader gets them: the accessibility tree of each step, kept in ``transcripts/``.

A change of a page shows as a change of these texts, to be read like code. ``UPDATE_TRANSCRIPTS=1`` writes them anew.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.events.models import Event
from portal.permissions.catalogue import ADMINISTRATORS
from tests import factories
from tests.accounts.people import PASSWORD, add_authenticator, make_person
from tests.browser.conftest import sign_in, visiting
from tests.conftest import Clock

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).with_name("transcripts")
TODAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
VOLATILE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"(/cities/|city=)\d+"), r"\1<id>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<host>"),
    (re.compile(r"token=[\w.~-]+"), "token=<token>"),
)


class World:
    """The people and events of the transcripts, always the same."""

    def __init__(self, app: PortalFlask) -> None:
        self.app = app
        self.kazan = factories.make_city("Kazan")
        self.berlin = factories.make_city(
            "Berlin", "Germany", country_code="DE", lat=52.52, lng=13.4, time_zone="Europe/Berlin"
        )
        self.alina = self.person("alina", "Alina", "Galieva", work="Data engineer", biography="I grow tomatoes.")
        self.boris = self.person("boris", "Борис", "Ёлкин", graduation_year=2017)
        self.clara = self.person("clara", "Clara", "Weiß", graduation_year=2021)
        self.office = make_person(
            app, "office@demo.example", first_name="Olga", last_name="Office", role="staff", groups=(ADMINISTRATORS,)
        )
        for account, city in ((self.alina, self.kazan), (self.boris, self.kazan), (self.clara, self.berlin)):
            factories.live_in(account, city)
        self.tea = self.event("Tea in the library", going=(self.boris,), capacity=5, city_id=self.kazan.id)
        self.walk = self.event(
            "Winter walk",
            days=9,
            city_id=self.berlin.id,
            time_zone="Europe/Berlin",
            starts_local=datetime(2026, 12, 9, 10, 0),  # noqa: DTZ001 - the time of the place
        )
        for name in ("Vera", "Wim"):
            factories.make_account(
                f"{name.lower()}@demo.example", first_name=name, last_name="Waiting", verified=False, waiting=True
            )

    def person(self, name: str, first: str, last: str, **profile: object) -> Account:
        email = f"{name}@demo.example"
        return make_person(self.app, email, first_name=first, last_name=last, profile=profile)

    def event(self, title: str, *, days: int = 5, going: tuple[Account, ...] = (), **values: object) -> Event:
        return factories.make_event(
            self.clara, going=going, title=title, starts_at=TODAY + timedelta(days=days), **values
        )


class Transcript:
    """What a journey shows, step by step, on one page of a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps: list[str] = []

    def step(self, name: str, part: str = "body") -> None:
        """Add the accessibility tree of a part of the page, and where the focus is."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(400)  # until the live region has spoken
        focus = self.page.evaluate(FOCUS)
        tree = self.page.locator(part).aria_snapshot()
        self.steps.append(f"# {name}\n# focus: {focus}\n{tree}\n")

    @property
    def text(self) -> str:
        text = "\n".join(self.steps)
        for pattern, stand_in in VOLATILE:
            text = pattern.sub(stand_in, text)
        return LONG_CHOICE.sub(shortened, text)


LONG_CHOICE = re.compile(r"(?: *- option .*\n){6,}")


def shortened(options: re.Match[str]) -> str:
    """Return the first options of a long choice and how many follow."""
    lines = options[0].splitlines(keepends=True)
    indent = lines[0][: lines[0].index("-")]
    return "".join(lines[:3]) + f"{indent}- # and {len(lines) - 3} more\n"


FOCUS = """() => {
  const { activeElement: focused } = document;
  if (focused === document.body) return "top of the page";
  const name = focused.getAttribute("aria-label") || focused.labels?.[0]?.textContent || focused.textContent;
  return `${focused.tagName.toLowerCase()} ${name.replace(/\\s+/g, " ").trim().slice(0, 60)}`;
}"""


@pytest.fixture
def world(committed: PortalFlask, clock: Clock) -> World:
    clock.set(TODAY)
    return World(committed)


@pytest.fixture
def served(committed: PortalFlask) -> Iterator[str]:
    """Yield the URL of a server in this process, which shares its clock and its database."""
    server = make_server("127.0.0.1", 0, committed, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Callable[..., Transcript]]:
    with visiting(browser, served) as visitors:

        def open_page(account: Account | None = None) -> Transcript:
            page = visitors(timezone_id="Europe/Moscow")
            if account:
                sign_in(page, account.email, PASSWORD)
            return Transcript(page)

        yield open_page


def home(read: Transcript, world: World) -> None:
    read.page.goto("/home")
    read.step("home")


def directory(read: Transcript, world: World) -> None:
    read.page.goto("/people")
    read.step("everybody")
    read.page.locator(".people-filters [type=search], .filter-bar [type=search]").first.fill("Elkin")
    read.page.keyboard.press("Enter")
    read.page.wait_for_url("**q=Elkin**")
    read.step("a search in the other alphabet", "main")


def person(read: Transcript, world: World) -> None:
    read.page.goto(f"/people/{world.boris.id}")
    read.step("a person", "main")
    read.page.locator("#follow").click()
    expect(read.page.locator("#follow")).to_have_text("Unfollow")
    read.page.locator("#follow").click()
    expect(read.page.locator(".undo-bar")).to_be_visible()
    read.step("followed, and no longer: with the way back")


def map_page(read: Transcript, world: World) -> None:
    read.page.goto("/map")
    read.page.wait_for_selector("[data-map][data-ready]")
    read.step("the map and its list", "main")


def city(read: Transcript, world: World) -> None:
    read.page.goto(f"/map/cities/{world.kazan.id}")
    read.page.wait_for_selector("[data-map][data-ready]")
    read.step("a city", "#map-panel")


def event(read: Transcript, world: World) -> None:
    read.page.goto("/events")
    read.step("coming events", "main")
    read.page.goto(f"/events/{world.tea.id}")
    read.step("an event", "main")


def join(read: Transcript, world: World) -> None:
    read.page.goto(f"/events/{world.walk.id}")
    read.page.locator("#attendance [type=submit]").first.click()
    expect(read.page.locator("#attendance")).to_contain_text("Going")
    read.step("joined")


def create(read: Transcript, world: World) -> None:
    read.page.goto("/events/new")
    read.step("an empty form", "main")
    read.page.locator("#event-form [type=submit]").last.click()
    read.page.wait_for_selector("[data-focus]")
    read.step("sent too early", "main")


def registration(read: Transcript, world: World) -> None:
    read.page.goto("/register")
    read.step("the form")
    read.page.get_by_role("button", name="Register").click()
    read.page.wait_for_selector("[data-focus]")
    read.step("sent empty", "main")


def sign_in_with_a_second_step(read: Transcript, world: World) -> None:
    totp = add_authenticator(world.app, world.alina)
    read.page.goto("/login")
    read.step("the form")
    read.page.fill("#email", world.alina.email)
    read.page.fill("#password", PASSWORD)
    read.page.get_by_role("button", name="Sign in").click()
    read.page.wait_for_url("**/login/second-step")
    read.step("the second step", "main")
    read.page.fill("#code", totp.at(now()))
    read.page.keyboard.press("Enter")
    read.page.wait_for_url("**/home")
    read.step("signed in", "main")


def verification(read: Transcript, world: World) -> None:
    read.page.goto("/admin/verification")
    read.step("the queue")


def settings(read: Transcript, world: World) -> None:
    read.page.goto("/settings/account")
    read.step("account", "main")
    read.page.get_by_role("button", name="Save changes").click()
    expect(read.page.locator(".toast-note")).to_be_visible()
    read.step("saved")


JOURNEYS: dict[str, tuple[Callable[[Transcript, World], None], str | None]] = {
    "home": (home, "alina"),
    "directory": (directory, "alina"),
    "person": (person, "alina"),
    "map": (map_page, "alina"),
    "city": (city, "alina"),
    "event": (event, "alina"),
    "join": (join, "alina"),
    "create": (create, "alina"),
    "registration": (registration, None),
    "sign-in-with-a-second-step": (sign_in_with_a_second_step, None),
    "verification": (verification, "office"),
    "settings": (settings, "alina"),
}


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_reads_as_it_did(name: str, world: World, visit: Callable[..., Transcript]) -> None:
    journey, who = JOURNEYS[name]
    read = visit(getattr(world, who) if who else None)
    journey(read, world)
    file = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(read.text)
    assert read.text == file.read_text(), "read the difference; UPDATE_TRANSCRIPTS=1 accepts it"


def test_every_transcript_belongs_to_a_journey() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(JOURNEYS)
