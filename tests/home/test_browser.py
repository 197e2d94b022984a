"""The map in a real browser: reachable by keyboard, opening cities, saying nothing to anybody else."""

from __future__ import annotations

import pytest

from portal.profiles.models import City
from tests.factories import make_event
from tests.home.conftest import Settle, Watched

pytestmark = pytest.mark.browser

NAMES = "elements => elements.map(element => element.getAttribute('aria-label'))"


@pytest.fixture
def people(settle: Settle, kazan: City, innopolis: City, berlin: City) -> None:
    settle(6, kazan)
    settle(3, innopolis)
    (organiser, *_others) = settle(6, berlin)
    make_event(organiser, city_id=berlin.id, title="Board games")


def opened(browser: Watched, address: str = "/map") -> Watched:
    browser.window.goto(address)
    browser.window.wait_for_selector("[data-map][data-ready]", state="attached")
    return browser


def test_bubbles_say_what_they_stand_for(people: None, browser: Watched) -> None:
    names = opened(browser).window.eval_on_selector_all(".bubble", NAMES)
    assert sorted(names) == ["Berlin, Germany: 6 people, 1 coming event", "Kazan and 1 more place: 9 people"]


def test_a_cluster_opens_by_keyboard_down_to_a_city(people: None, browser: Watched) -> None:
    window = opened(browser).window
    window.get_by_role("button", name="Kazan and 1 more place").press("Enter")
    window.locator(".bubble[aria-label='Kazan, Russia: 6 people']:focus").wait_for()
    window.keyboard.press("Enter")
    window.locator("#map-title:focus", has_text="Kazan Russia").wait_for()
    assert browser.complaints == []


def test_a_bubble_opens_its_city_beside_the_map(people: None, browser: Watched, berlin: City) -> None:
    window = opened(browser).window
    window.locator(".bubble[aria-label^='Berlin']").click()
    window.get_by_role("link", name="Board games").wait_for()
    assert window.url.endswith(f"/map/cities/{berlin.id}")
    assert window.locator(".bubble.is-selected").count() == 1
    window.go_back()
    window.locator("#map-title", has_text="Where everybody is").wait_for()
    assert browser.complaints == []


def test_a_city_chosen_from_the_list_is_found_on_the_map(people: None, browser: Watched) -> None:
    window = opened(browser).window
    window.get_by_role("link", name="Innopolis, Russia").click()
    window.locator(".bubble.is-selected[aria-label^='Innopolis']").wait_for()
    assert browser.complaints == []


def test_the_map_follows_the_theme_at_once(people: None, browser: Watched) -> None:
    window = opened(browser).window
    painted = "() => [...document.querySelectorAll('canvas.leaflet-tile')].map(tile => tile.toDataURL()).join()"
    light = window.evaluate(painted)
    window.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert window.evaluate(painted) != light
    assert browser.complaints == []


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(people: None, browser: Watched, width: int) -> None:
    browser.window.set_viewport_size({"width": width, "height": 700})
    for path in ("/home", "/map"):
        opened(browser, path)
        assert browser.window.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.complaints == []
