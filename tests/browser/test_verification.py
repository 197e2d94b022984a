"""The verification queue in a browser: by keyboard, fast clicks, with Undo, with the keys off, without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import delete, func, or_, select

from portal import create_app
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from portal.undo.models import UndoableAct
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Visitors
from tests.support import databases, server

pytestmark = pytest.mark.browser

PEOPLE = 20
ADMINISTRATOR = "adam@demo.example"
QUEUE = "/admin/verification"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PortalFlask, str]]:
    """Serve the demo without its own registrations; yield an application on its database, and the URL."""
    name, instance = f"portal_queue_{os.getpid()}", tmp_path_factory.mktemp("instance")
    databases.clone(name, server.demo_template(people=120, events=48))
    app = create_app(databases.settings_for(name, instance))
    with server.serving(name) as base_url:
        yield app, base_url
    with app.app_context():
        db.engine.dispose()
    databases.drop(name)


@pytest.fixture
def app(served: tuple[PortalFlask, str]) -> PortalFlask:
    """Return the application with nothing to undo, whose queue holds twenty people, the first of whom waits longest."""
    app = served[0]
    factories.use(app)
    with app.app_context():
        is_earlier = or_(Account.verified_at.is_(None), Account.last_name.startswith("Nr"))
        db.session.execute(delete(Account).where(is_earlier))
        db.session.execute(delete(UndoableAct))
        db.session.commit()
    for number in range(PEOPLE):
        waits = timedelta(days=1, minutes=-number)
        factories.make_account(first_name="Person", last_name=f"Nr{number}", verified=False, created_at=now() - waits)
    return app


@pytest.fixture
def visitor(browser: Browser, served: tuple[PortalFlask, str], app: PortalFlask) -> Iterator[Visitors]:
    visitors = Visitors(browser, served[1])
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.faults == []


def accepted(app: PortalFlask) -> int:
    with app.app_context():
        count = select(func.count()).where(Account.last_name.startswith("Nr"), Account.verified_at.is_not(None))
        return db.session.scalar(count) or 0


def heading(page: Page) -> Locator:
    return page.locator("#chosen")


def test_twenty_people_are_accepted_by_twenty_keys(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    for number in range(PEOPLE):
        expect(heading(page)).to_have_text(f"Person Nr{number}")
        page.keyboard.press("a")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    expect(page.locator("#queue-title")).to_be_focused()
    assert accepted(app) == PEOPLE


def test_each_act_by_its_key_and_back_again(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("Person Nr1")
    expect(heading(page)).to_be_focused()
    page.keyboard.press("k")
    expect(heading(page)).to_have_text("Person Nr0")
    page.keyboard.press("d")
    expect(page.locator("#note-error")).to_have_text("Give a reason, so that the person knows what to do.")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("damj: not on our list")
    page.keyboard.press("Escape")
    expect(heading(page)).to_be_focused()
    page.keyboard.press("d")
    expect(heading(page)).to_have_text("Person Nr1")
    expect(page.locator(".undo-text")).to_contain_text("Person Nr0 is declined.")
    assert page.url.count("person=") == 1
    page.keyboard.press("z")
    expect(heading(page)).to_have_text("Person Nr0")
    expect(heading(page)).to_be_focused()
    expect(page.locator(".undo-bar")).to_have_count(0)
    page.locator("#note").fill("Which faculty?")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(heading(page)).to_have_text("Person Nr1")
    expect(page.locator(".queue-list .row-item").last).to_contain_text("Waiting for an answer")
    assert accepted(app) == 0


def test_the_keys_work_on_a_russian_keyboard(visitor: Visitors) -> None:
    page = visitor(ADMINISTRATOR, locale="ru-RU")
    page.goto(QUEUE)
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))")
    expect(heading(page)).to_have_text("Person Nr1")


@pytest.mark.parametrize("pause", [20, 400])
def test_a_double_click_accepts_one_person(visitor: Visitors, app: PortalFlask, pause: int) -> None:
    """The second click comes before the answer or when the next person is there already."""
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    box = page.get_by_role("button", name="Accept").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        page.wait_for_timeout(pause)
    expect(heading(page)).to_have_text("Person Nr1")
    page.wait_for_load_state("networkidle")
    expect(heading(page)).to_have_text("Person Nr1")
    assert accepted(app) == 1


def test_a_key_held_down_accepts_one_person(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    for _time in range(5):
        page.keyboard.down("a")
    page.keyboard.up("a")
    expect(heading(page)).to_have_text("Person Nr1")
    page.wait_for_load_state("networkidle")
    assert accepted(app) == 1


def test_what_is_typed_into_the_note_decide_nothing(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    page.locator("#note").press_sequentially("adjkmz")
    expect(page.locator("#note")).to_have_value("adjkmz")
    expect(heading(page)).to_have_text("Person Nr0")
    assert accepted(app) == 0


def test_the_keys_can_be_turned_off(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    page.get_by_label("Keyboard shortcuts").uncheck()
    expect(page.locator(".key-hint").first).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("a")
    page.reload()
    expect(page.get_by_label("Keyboard shortcuts")).not_to_be_checked()
    page.keyboard.press("a")
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("Person Nr0")
    assert accepted(app) == 0
    page.get_by_label("Keyboard shortcuts").check()
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("Person Nr1")


def test_back_returns_to_the_person_before(visitor: Visitors) -> None:
    page = visitor(ADMINISTRATOR)
    page.goto(QUEUE)
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("Person Nr1")
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("Person Nr2")
    page.go_back()
    expect(heading(page)).to_have_text("Person Nr1")


def test_everything_works_without_scripts(visitor: Visitors, app: PortalFlask) -> None:
    page = visitor(ADMINISTRATOR, java_script_enabled=False)
    page.goto(QUEUE)
    expect(page.locator(".key-hint").first).to_be_hidden()
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("#note-error")).to_be_visible()
    page.locator("#note").fill("Not on our list.")
    page.get_by_role("button", name="Decline").click()
    expect(heading(page)).to_have_text("Person Nr1")
    page.get_by_role("button", name="Undo").click()
    expect(heading(page)).to_have_text("Person Nr0")
    page.get_by_role("button", name="Accept").click()
    expect(heading(page)).to_have_text("Person Nr1")
    assert accepted(app) == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_the_queue_with_its_undo_bar_has_no_violations(visitor: Visitors, width: int) -> None:
    page = visitor(ADMINISTRATOR, width=width)
    page.goto(f"{QUEUE}?person=nobody")
    page.goto(QUEUE)
    page.locator(".queue-list a.row-link").first.click()
    expect(heading(page)).to_be_focused()
    page.get_by_role("button", name="Accept").click()
    expect(heading(page)).to_have_text("Person Nr1")
    expect(page.locator(".undo-bar")).to_be_visible()
    assert violations(page) == []
