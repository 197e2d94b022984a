"""The tabs of the directory, the filters by programme and work, and following people from its rows."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.directory.lists import names, names_for
from tests.factories import change_profile, live_in, make_account, make_follow
from tests.support.clients import Page

HTMX = {"HX-Request": "true"}
VIEWERS: dict[str, dict[str, Any]] = {
    "same year": {},
    "another year": {"profile": {"graduation_year": 2001}},
    "friend": {"role": "alumni_friend", "profile": {"graduation_year": None}},
    "staff": {"role": "staff", "profile": {"graduation_year": None}},
}
ADMITTED = {
    Audience.ME: set(),
    Audience.SAME_YEAR: {"same year"},
    Audience.ALUMNI: {"same year", "another year"},
    Audience.MEMBERS: set(VIEWERS),
    Audience.PUBLIC: set(VIEWERS),
}


def tabs(page: Page, path: str = "/people") -> list[str]:
    return page.get(path).texts(".tab")


@pytest.mark.needs_feature("follows")
def test_tabs_say_how_many_people_each_group_has(
    mine: Page, alina: Account, people: dict[str, Account], kazan: City
) -> None:
    assert tabs(mine) == ["Everyone · 6", "Your year 2019 · 1", "Following · 0"]
    live_in(alina, kazan)
    change_profile(people["ivan"], graduation_year=2019)
    make_follow(alina, people["peter"])
    assert tabs(mine) == ["Everyone · 6", "Your year 2019 · 2", "Kazan · 3", "Following · 1"]
    change_profile(alina, graduation_year=None)
    assert tabs(mine) == ["Everyone · 6", "Kazan · 3", "Following · 1"]


@pytest.mark.needs_feature("follows")
def test_each_tab_lists_its_group(mine: Page, alina: Account, people: dict[str, Account], kazan: City) -> None:
    live_in(alina, kazan)
    change_profile(people["ivan"], graduation_year=2019)
    make_follow(alina, people["peter"])
    listed = {group: set(names_for(mine, f"group={group}")) for group in ("year", "city", "following")}
    assert listed == {
        "year": {alina.name, people["ivan"].name},
        "city": {alina.name, people["ivan"].name, people["frida"].name},
        "following": {people["peter"].name},
    }
    shown = mine.get("/people?group=city&role=alumni")
    assert (shown.texts(".tab[aria-current]"), shown.texts(".list-count")) == (["Kazan · 3"], ["2 people of 3"])
    assert shown.element(".clear-all")["href"] == "/people?group=city"
    assert shown.element("form [name=group]")["value"] == "city"


@pytest.mark.parametrize("group", ["year", "city", "nonsense", ""])
@pytest.mark.needs_feature("follows")
def test_impossible_group_is_everybody(page: Page, people: dict[str, Account], group: str) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None})
    assert tabs(page.sign_in(friend), f"/people?group={group}")[0].startswith("Everyone")
    assert len(names_for(page, f"group={group}")) == 7


@pytest.mark.needs_feature("alumni_map")
@pytest.mark.parametrize("group", ["year", "city", "following"])
@pytest.mark.needs_feature("follows")
def test_map_shows_the_group_of_the_list(
    mine: Page, alina: Account, people: dict[str, Account], kazan: City, group: str
) -> None:
    live_in(alina, kazan)
    make_follow(alina, people["ivan"])
    href = str(mine.get(f"/people?group={group}").element(".people-map-wide")["href"])
    assert f"group={group}" in href
    shown = mine.get(href)
    assert shown.soup.select(".filter-chip.is-set .chip")
    counted = sum(place["people"] for place in mine.get(f"/map/data.json?group={group}").json["places"])
    with_city = [name for name in names_for(mine, f"group={group}") if name != people["oleg"].name]
    assert counted == len(with_city)


@pytest.mark.parametrize("audience", ADMITTED)
@pytest.mark.parametrize("kind", VIEWERS)
@pytest.mark.parametrize("field", ["work", "programme", "year"])
def test_hidden_value_finds_nobody(page: Page, field: str, kind: str, audience: Audience) -> None:
    chosen = "work_audience" if field == "work" else "year_audience"
    person = make_account(profile={"work": "Secret glass", "programme": "Secret optics", chosen: audience})
    viewer = page.sign_in(make_account(**VIEWERS[kind]))
    query = {"work": "work=glass", "programme": "programme=optics", "year": "from=2019&to=2019"}[field]
    shown = viewer.get(f"/people?{query}")
    assert (person.name in names(shown)) is (kind in ADMITTED[audience])
    assert shown.texts(".list-note")[0].startswith("People who keep this private from you are not listed:")


@pytest.mark.parametrize(
    ("typed", "stored", "is_found"),
    [
        ("ENGIN", "Software engineer", True),
        ("учёт", "Бухгалтерский учет", True),
        ("учет", "Учёт и аудит", True),
        ("  glass   works ", "At the glass works", True),
        ("%", "Anything", False),
        ("100%", "I give 100%", True),
        ("a_b", "axb", False),
        ("'; --", "Anything", False),
        ("x" * 500, "x" * 120, True),
    ],
)
@pytest.mark.parametrize("field", ["work", "programme"])
def test_part_of_the_text_is_found_in_any_case(mine: Page, field: str, typed: str, stored: str, is_found: bool) -> None:
    person = make_account(profile={field: stored})
    shown = mine.get("/people", query_string={field: typed})
    assert (person.name in names(shown)) is is_found
    assert shown.texts(".filter-chip.is-set .chip") or not typed.strip()


@pytest.mark.needs_feature("follows")
def test_people_are_followed_in_their_rows_and_unfollowed_with_undo(mine: Page, people: dict[str, Account]) -> None:
    ivan = people["ivan"].id
    assert len(mine.get("/people").soup.select(".follow-row")) == 5
    followed = mine.post(f"/people/{ivan}/follow?look=row", status=200, headers=HTMX)
    assert (followed.texts("button"), followed.soup.select(".toast-note")) == (["Following"], [])
    left = mine.post(f"/people/{ivan}/unfollow?look=row", status=200, headers=HTMX)
    assert left.texts(".follow-row button") == ["Follow"]
    undo = left.element("[data-undo] form")
    assert (undo["hx-post"], undo["hx-target"]) == (f"/people/{ivan}/follow?look=row", f"#follow-{ivan}")
    back = mine.post(f"/people/{ivan}/follow?look=row", {"next": "/people?q=ivan"})
    assert back.location == "/people?q=ivan"
    assert mine.get("/people?group=following").texts(".follow-row button") == ["Following"]


def test_staff_and_oneself_get_no_button(page: Page, alina: Account, people: dict[str, Account]) -> None:
    shown = page.sign_in(alina).get("/people?q=Alina+Demo")
    assert (names(shown), shown.soup.select(".follow-row")) == ([alina.name], [])
    assert page.sign_in(make_account(role="staff")).get("/people").soup.select(".follow-row") == []
