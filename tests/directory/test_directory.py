"""The directory: who is listed, by which filters and in which order."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.db.keyset import LIMIT_DEFAULT
from portal.profiles.models import Audience
from tests.directory.lists import ALINA, FRIDA, IVAN, JULIA, OLEG, PETER, ids, names, names_for
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Page, PageResponse
from tests.support.statements import counting

BUDGET = 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [OLEG, ALINA, PETER, FRIDA, IVAN, JULIA]),
        ("from=2016&to=2018", [JULIA]),
        ("from=2018&to=2016", [JULIA]),
        ("to=2015", [OLEG, IVAN]),
        ("country=DE", [PETER, JULIA]),
        ("role=alumni_friend", [FRIDA]),
        ("q=petrov", [IVAN]),
        ("q=Mueller", [PETER]),
        ("q=Петров+Иван", [IVAN]),
        ("q=Ваня", [IVAN]),
        ("q=Julia+Sherbakova", [JULIA]),
        ("q=Щербкова", [JULIA]),
        ("q=Ptrov+from=2015", []),
        ("sort=newest", [ALINA, OLEG, PETER, JULIA, IVAN, FRIDA]),
        ("sort=newest&country=DE", [PETER, JULIA]),
    ],
)
def test_filter_lists_the_people_who_match(
    mine: Page, people: dict[str, Account], query: str, expected: list[str]
) -> None:
    assert names_for(mine, query) == expected


@pytest.mark.needs_feature("alumni_map")
def test_city_is_filtered_by_its_id(mine: Page, people: dict[str, Account], kazan: City) -> None:
    shown = mine.get(f"/people?city={kazan.id}")
    assert names(shown) == [FRIDA, IVAN]
    assert shown.texts(".chip span") == ["Kazan, Russia"]
    assert [link["href"] for link in shown.soup.select("main a.people-map-wide")] == [f"/map/cities/{kazan.id}"]


@pytest.mark.parametrize(
    ("typed", "argument"),
    [
        ("казань", "city"),
        ("Germany", "country=DE"),
        ("Германия", "country=DE"),
        ("Deutschland", "country=DE"),
        ("Голландия", "country=NL"),
        ("Ivory Coast", "country=CI"),
        ("bosnia and herzegovina", "country=BA"),
        ("Saint Kitts and Nevis", "country=KN"),
    ],
)
def test_typed_place_becomes_a_filter(
    mine: Page, people: dict[str, Account], kazan: City, typed: str, argument: str
) -> None:
    expected = argument if "=" in argument else f"{argument}={kazan.id}"
    sent = mine.get(f"/people?place={quote(typed)}&q=i", status=303)
    assert set(sent.location.partition("?")[2].split("&")) == {expected, "q=i"}


def test_similar_place_is_only_offered(mine: Page, kazan: City) -> None:
    shown = mine.get("/people?place=kazam")
    assert shown.texts(".people-places a") == ["Kazan, Russia"]
    make_city("Russeifa", "Jordan", country_code="JO", search="||russeifa|")
    assert mine.get("/people?place=russ").texts(".people-places a") == ["Russia", "Russeifa, Jordan"]
    assert "We don't know this place" in mine.get("/people?place=Qwrtpsd").text


def test_near_lists_people_around_the_own_city(
    mine: Page, people: dict[str, Account], alina: Account, kazan: City
) -> None:
    assert "filter-near" not in mine.get("/people").response.text
    assert names_for(mine, "near=100") == names_for(mine, "")
    live_in(alina, kazan, Audience.ME)
    arsk = make_city("Arsk", lat=56.09, lng=49.88)
    live_in(people["oleg"], arsk)
    assert names_for(mine, "near=100") == [OLEG, ALINA, FRIDA, IVAN]
    assert names_for(mine, "near=25") == [ALINA, FRIDA, IVAN]
    assert names_for(mine, "sort=nearest") == [ALINA, FRIDA, IVAN, OLEG, PETER, JULIA]


@pytest.mark.parametrize("noise", ["zzzz", "aaaaaa", "ииииии"])
def test_repeated_character_matches_no_name(mine: Page, noise: str) -> None:
    for first in ("Zoe", "Aaron", "Иван"):
        make_account(first_name=first)
    assert names_for(mine, f"q={noise}") == []


def test_number_is_shown_up_to_a_maximum(
    mine: Page, people: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mine.get("/people").texts(".list-count")[0].startswith("6 people")
    assert mine.get("/people?country=DE").soup.select_one("[data-announce='2 people']")
    for name, query, shown in (("COUNTED_MAX", "?role=alumni", "4+ people of 6"), ("EVERYBODY_MAX", "", "4+ people")):
        monkeypatch.setattr(f"portal.directory.queries.{name}", 4)
        monkeypatch.setattr(f"portal.directory.presenter.{name}", 4)
        assert mine.get(f"/people{query}").texts(".list-count") == [shown]


def test_each_chip_removes_its_filter(mine: Page, people: dict[str, Account], kazan: City) -> None:
    shown = mine.get(f"/people?q=i&from=2014&to=2016&city={kazan.id}&role=alumni&sort=newest")
    assert shown.texts(".chip span") == ["Kazan, Russia", "Class of 2014–2016", "Alumni"]
    assert shown.element(".clear-all")["href"] == "/people"
    for chip, gone in zip(shown.soup.select(".chip"), ("city", "from", "role"), strict=True):
        assert f"{gone}=" not in chip["href"]
        assert str(chip["href"]).count("=") == 5 - (gone == "from")
        mine.get(str(chip["href"]))


def test_best_match_is_the_default_order_of_a_search(mine: Page, people: dict[str, Account]) -> None:
    make_account(first_name="Ivana", last_name="Abel")
    orders = [option["value"] for option in options(mine.get("/people"), "sort")]
    assert orders == ["", "newest"]
    found = mine.get("/people?q=ivan&sort=")
    assert names(found) == [IVAN, "Ivana Abel"]
    assert [option["value"] for option in options(found, "sort")] == ["", "name", "newest"]
    assert names_for(mine, "q=ivan&sort=name") == ["Ivana Abel", IVAN]


def options(shown: PageResponse, name: str) -> list[Any]:
    return list(shown.soup.select(f"select[name={name}] option"))


def test_empty_list_links_the_whole_list(mine: Page) -> None:
    shown = mine.get("/people?q=Nobody+Whatsoever")
    assert [link["href"] for link in shown.soup.select(".empty a")] == ["/people"]
    assert names(shown) == []


def test_htmx_request_gets_the_list_with_its_filters(mine: Page, people: dict[str, Account]) -> None:
    shown = mine.get("/people?q=petrov", headers={"HX-Request": "true"})
    assert shown.soup.select_one("#people")
    assert not shown.soup.select_one("header")
    assert names(shown) == [IVAN]


@pytest.mark.parametrize("query", ["", "sort=newest", "sort=nearest", "q=same"])
def test_pages_have_no_gaps_or_repeats_when_people_join(mine: Page, alina: Account, kazan: City, query: str) -> None:
    live_in(alina, kazan)
    everybody = set()
    for number in range(LIMIT_DEFAULT + 10):
        person = make_account(first_name="Same", last_name=f"Name {number % 7}")
        live_in(person, kazan)
        everybody.add(str(person.id))
    first = mine.get(f"/people?{query}")
    for last in ("Aaa", "Zzz"):
        live_in(make_account(first_name="Same", last_name=last), kazan)
    more = first.element(".pager a")["href"]
    unfolded = ids(mine.get(str(more)))
    assert len(unfolded) == len(set(unfolded))
    assert everybody <= set(unfolded)
    assert [one for one in unfolded if one in ids(first)] == ids(first)


def test_next_part_is_what_the_unfolded_list_adds(mine: Page) -> None:
    for number in range(LIMIT_DEFAULT + 5):
        make_account(last_name=f"Name {number}")
    first = mine.get("/people?q=test&sort=name")
    link = first.soup.select_one(".pager a")
    assert link is not None
    part = mine.get(str(link["hx-get"])).response.text
    assert "<h1" not in part
    added = re.findall(r'href="/people/([0-9a-f-]{36})"', part)
    assert ids(first) + list(dict.fromkeys(added)) == ids(mine.get(str(link["href"])))


@pytest.mark.parametrize(
    "path", ["/people", "/people?sort=nearest&near=300", "/people?q=Ptrov&city={city}", "/people/more", "{more}"]
)
def test_pages_keep_their_query_budget(
    app: PortalFlask, mine: Page, alina: Account, people: dict[str, Account], kazan: City, path: str
) -> None:
    live_in(alina, kazan)
    for _person in range(LIMIT_DEFAULT):
        make_account()
    more = mine.get("/people").element(".pager a")["href"]
    with counting(app) as ran:
        mine.get(path.format(city=kazan.id, more=more))
    assert 0 < len(ran) <= BUDGET, ran
