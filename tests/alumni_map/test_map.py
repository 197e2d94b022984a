"""The members' map, the list beside it and the panel of a city."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import Tag

from portal.accounts.models import Account
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city, make_event
from tests.support.clients import Page
from tests.support.residents import Settle

HTMX = {"HX-Request": "true", "HX-Target": "map-panel"}


def name_of(row: Tag) -> str:
    assert row.a is not None
    return row.a.text.split(",")[0]


def places(page: Page) -> dict[str, tuple[int, int]]:
    found = page.get("/map/data.json").json["places"]
    return {place["name"]: (place["people"], place["events"]) for place in found}


def test_list_equals_the_map(mine: Page, bob: Account, settle: Settle, kazan: City, berlin: City) -> None:
    settle(3, kazan)
    settle(2, berlin)
    make_event(bob, city_id=berlin.id)
    rows = mine.get("/map").soup.select(".places li")
    listed = {name_of(row): (int(str(row["data-people"])), int(str(row["data-events"]))) for row in rows}
    assert listed == places(mine) == {"Kazan": (3, 0), "Berlin": (2, 1)}
    assert "5 people · 2 cities" in mine.get("/map").text


def test_city_with_events_but_no_people_is_on_the_map(mine: Page, bob: Account, berlin: City) -> None:
    make_event(bob, city_id=berlin.id)
    assert places(mine) == {"Berlin": (0, 1)}


@pytest.mark.parametrize(
    ("audience", "counted"),
    [(Audience.ME, 0), (Audience.SAME_YEAR, 1), (Audience.ALUMNI, 2), (Audience.MEMBERS, 2), (Audience.PUBLIC, 2)],
)
def test_person_is_counted_for_their_audience_only(mine: Page, kazan: City, audience: Audience, counted: int) -> None:
    for year in (2019, 2020):  # Alina's year, and another
        live_in(make_account(profile={"graduation_year": year}), kazan, audience)
    assert places(mine).get("Kazan", (0, 0))[0] == counted
    assert len(mine.get(f"/map/cities/{kazan.id}").texts("#city-people .row-title")) == counted


def test_city_opens_as_a_page_and_as_a_panel(mine: Page, bob: Account, settle: Settle, kazan: City) -> None:
    settle(1, kazan, first_name="Timur")
    make_event(bob, city_id=kazan.id, title="Winter gathering")
    whole, panel = (mine.get(f"/map/cities/{kazan.id}", headers=headers) for headers in ({}, HTMX))
    for shown in (whole, panel):
        assert shown.texts("h1") == ["Kazan Russia"]
        assert {"Winter gathering", "Timur"} <= set(re.findall(r"Winter gathering|Timur", shown.soup.text))
    assert whole.soup.select("[data-map]")
    assert panel.element("body > *")["id"] == "map-panel"


def test_list_of_a_large_city_unfolds(mine: Page, settle: Settle, kazan: City) -> None:
    settle(25, kazan)
    folded = mine.get(f"/map/cities/{kazan.id}")
    unfolded = mine.get(str(folded.element(".pager a")["href"]))
    names = unfolded.texts("#city-people .row-title")
    assert names[:20] == folded.texts("#city-people .row-title")
    assert len(set(names)) == len(names) == 25
    assert not unfolded.soup.select(".pager")


def test_cursor_of_another_city_is_refused(mine: Page, settle: Settle, kazan: City, berlin: City) -> None:
    settle(21, kazan)
    pager = str(mine.get(f"/map/cities/{kazan.id}").element(".pager a")["href"])
    mine.get(pager.replace(str(kazan.id), str(berlin.id)), status=422)


@pytest.mark.parametrize("url", ["/map/cities/1", "/map/cities/99999999999999", "/map/cities/kazan"])
def test_unknown_city_returns_404(mine: Page, url: str) -> None:
    mine.get(url, status=404)


@pytest.mark.parametrize("url", ["/home", "/map", "/map/cities/1", "/map/data.json"])
def test_visitors_are_asked_to_sign_in(page: Page, url: str) -> None:
    assert "/login" in page.get(url, status=303).location


def labels(page: Page, url: str) -> list[str]:
    return [town["name"] for town in json.loads(page.get(url).response.data)["towns"]]


def test_tile_names_its_cities_the_largest_first(page: Page, innopolis: City, kazan: City, berlin: City) -> None:
    assert labels(page, "/map/labels.json?z=3&x=5&y=2") == ["Kazan", "Innopolis"]
    assert labels(page, "/map/labels.json?z=3&x=4&y=2&locale=ru") == ["Берлин"]
    assert labels(page, "/map/labels.json?z=3&x=0&y=0") == []


def test_each_city_lies_in_one_tile_of_a_zoom(page: Page, kazan: City) -> None:
    south = make_city("Ushuaia", "Argentina", country_code="AR", lat=-54.8, lng=-68.3)
    found = [labels(page, f"/map/labels.json?z=2&x={x}&y={y}") for x in range(4) for y in range(4)]
    assert sorted(name for tile in found for name in tile) == [kazan.name, south.name]


@pytest.mark.parametrize("query", ["", "z=1&x=0", "z=1&x=2&y=0", "z=-1&x=0&y=0", "z=99&x=0&y=0", "z=a&x=0&y=0"])
def test_unknown_tile_is_refused(page: Page, query: str) -> None:
    page.get(f"/map/labels.json?{query}", status=422)


def test_phrases_of_markers_are_translated(page: Page, alina: Account) -> None:
    page.client.set_cookie("portal-locale", "ru")
    words = page.sign_in(alina).get("/map/data.json").json["words"]
    assert words["people"] == {"one": "# человек", "few": "# человека", "many": "# человек", "other": "# человек"}
