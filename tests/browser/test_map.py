"""The map in a real browser: reachable by keyboard, opening cities, following the theme."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

CLUSTER = ".bubble[aria-label*=' more place']"
STEPS_MAX = 12  # more zooms than the map has


def opened(visitor: Visitors, path: str = "/map", **options: Any) -> Page:
    page = visitor("bob@demo.example", **options)
    page.goto(path)
    page.locator("[data-map][data-ready]").wait_for(state="attached")
    return page


def choose(page: Page, city: str) -> None:
    """From the list beside the map."""
    page.locator(".places").get_by_role("link", name=re.compile(f"^{city},")).click()
    expect(page.locator("#map-title")).to_contain_text(city)


def test_every_bubble_says_what_it_stands_for(visitor: Visitors) -> None:
    page = opened(visitor)
    names = page.locator(".bubble").evaluate_all("all => all.map(bubble => bubble.ariaLabel)")
    assert names
    assert [name for name in names if not re.search(r"\w: [\d,]+ (people|person|upcoming event)", name)] == []


def test_a_cluster_opens_by_keyboard_down_to_a_city(visitor: Visitors) -> None:
    page = opened(visitor)
    page.locator(CLUSTER).first.focus()
    focused = page.locator(":focus")
    for _step in range(STEPS_MAX):
        name = focused.get_attribute("aria-label") or ""
        page.keyboard.press("Enter")
        expect(focused).not_to_have_attribute("aria-label", name)
        if focused.get_attribute("id") == "map-title":
            break
    expect(page.locator("#map-title:focus")).to_contain_text(name.split(",")[0])
    expect(page).to_have_url(re.compile(r"/map/cities/\d+$"))


def test_a_bubble_opens_its_city_beside_the_map_and_back_closes_it(visitor: Visitors) -> None:
    page = opened(visitor)
    choose(page, "Kazan")
    expect(page.locator(".bubble.is-selected[aria-label^='Kazan, ']")).to_be_visible()
    page.locator(".bubble[aria-label^='Innopolis, ']").click()
    expect(page.locator("#map-title")).to_contain_text("Innopolis")
    expect(page.locator(".bubble.is-selected")).to_have_count(1)
    page.go_back()
    expect(page.locator("#map-title")).to_contain_text("Kazan")
    page.go_back()
    expect(page.locator("#map-title")).to_have_text("Where everyone is")


PEOPLE_ON_MAP = """() => [...document.querySelectorAll(".bubble .bubble-count")]
  .reduce((sum, count) => sum + Number(count.textContent), 0)"""


def people_listed(page: Page) -> int:
    return sum(page.locator(".places li").evaluate_all("rows => rows.map(row => Number(row.dataset.people))"))


@pytest.mark.parametrize("width", [320, 1280])
def test_a_filter_changes_bubbles_and_list_and_stays_when_a_city_opens(visitor: Visitors, width: int) -> None:
    page = opened(visitor, width=width)
    everybody = people_listed(page)
    page.locator("#filter-more > summary").click()
    page.locator("#filter-menu-years > summary").click()
    year = page.locator("#filter-from")
    year.fill("2018")
    with page.expect_response("**/map/data.json?*from=2018*"):
        year.press("Tab")
    expect(page.locator(".filter-chip.is-set summary")).to_have_text("Class of 2018 and later")
    expect(page.locator("#filter-to")).to_be_focused()  # the filters are still open
    assert 0 < people_listed(page) < everybody
    for _step in range(STEPS_MAX):
        page.locator(".leaflet-control-zoom-out").dispatch_event("click")
    page.wait_for_function(f"() => ({PEOPLE_ON_MAP})() === {people_listed(page)}")
    number = str(page.locator(".places .place-counts").first.inner_text()).split(" · ")[0]
    page.locator(".places a").first.click()
    expect(page).to_have_url(re.compile(r"/map/cities/\d+\?from=2018$"))
    expect(page.locator(".map-note")).to_contain_text(number)
    page.reload()
    expect(page.locator(".map-note")).to_contain_text(number)
    page.get_by_role("link", name="All cities").click()
    expect(page).to_have_url(re.compile(r"/map\?from=2018$"))
    expect(page.locator(".chip")).to_be_visible()


def test_a_city_that_opens_is_what_the_page_is_called(visitor: Visitors) -> None:
    page = opened(visitor, width=320)
    choose(page, "Kazan")
    expect(page).to_have_title(re.compile("^Kazan · Map"))
    page.locator(".bubble[aria-label^='Innopolis, ']").dispatch_event("click")
    expect(page).to_have_title(re.compile("^Innopolis · Map"))
    page.locator(".topbar-title").get_by_role("link", name="Back").click()
    expect(page).to_have_title(re.compile("^Map"))


def test_a_page_begins_at_its_top_and_its_filters_are_near(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto("/map/cities/524901?role=alumni&from=2010")
    page.locator("[data-map][data-ready]").wait_for(state="attached")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Skip the map").press("Enter")
    expect(page.locator("#filter-words")).to_be_focused()


def test_towns_have_names_at_close_zoom(visitor: Visitors) -> None:
    page = opened(visitor)
    choose(page, "Kazan")
    expect(page.locator(".town-name").first).to_be_visible()


def test_the_base_map_follows_the_theme_at_once(visitor: Visitors) -> None:
    page = opened(visitor)
    page.wait_for_load_state("networkidle")
    tiles = page.locator("canvas.leaflet-tile")
    painted = "all => all.map(tile => tile.toDataURL()).join()"
    light = tiles.evaluate_all(painted)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert tiles.evaluate_all(painted) not in {"", light}


def test_without_scripts_the_list_leads_to_the_city(visitor: Visitors) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/")
    page.locator("summary").click()
    expect(page.locator(".places li").first).to_be_visible()
    expect(page.locator(".map")).to_be_hidden()


VIEW = """() => {
  const bubble = document.activeElement;
  if (!bubble.matches(".bubble")) return null;
  const box = bubble.getBoundingClientRect();
  const view = document.querySelector("[data-map-canvas]").getBoundingClientRect();
  const isInside = box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
  return [bubble.ariaLabel, isInside];
}"""


def at_rest(page: Page) -> None:
    """Wait until the map has stopped moving, when the list of what is in view is updated."""
    place = "() => document.querySelector('.leaflet-map-pane').style.transform"
    before, after = "", str(page.evaluate(place))
    while before != after:
        page.wait_for_timeout(300)
        before, after = after, str(page.evaluate(place))


@pytest.mark.parametrize("width", [320, 1280])
def test_a_bubble_that_takes_the_focus_is_in_view(visitor: Visitors, width: int) -> None:
    page = opened(visitor, width=width)
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    at_rest(page)
    seen: dict[str, bool] = {}
    for _stop in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(VIEW)
        if found is None:
            break
        seen[found[0]] = found[1]
    assert seen
    assert [name for name, is_inside in seen.items() if not is_inside] == []


AROUND_180 = {"Suva": (-18.1, 178.4), "Apia": (-13.8, -171.8), "Auckland": (-36.8, 174.8), "Nukualofa": (-21.1, -175.2)}


def test_places_on_both_sides_of_180_degrees_are_shown_the_short_way_round(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=1280)

    def answer(route: Route) -> None:
        body = route.fetch().json()
        template = body["places"][0] | {"people": 1, "events": 0}
        body["places"] = [
            {**template, "id": -number, "name": name, "full_name": name, "lat": lat, "lng": lng}
            for number, (name, (lat, lng)) in enumerate(AROUND_180.items(), start=1)
        ]
        route.fulfill(json=body)

    page.route("**/map/data.json*", answer)
    page.goto("/map")
    page.locator("[data-map][data-ready]").wait_for(state="attached")
    expect(page.locator(".bubble")).to_have_count(len(AROUND_180))
    places = {name: page.locator(f".bubble[aria-label^='{name}']").bounding_box() for name in AROUND_180}
    left = [name for name, box in sorted(places.items(), key=lambda place: place[1]["x"] if place[1] else 0) if box]
    assert left == ["Auckland", "Suva", "Nukualofa", "Apia"]
