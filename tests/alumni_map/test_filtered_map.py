"""The map by the directory's filters: the same people everywhere, and nothing that the viewer may not know."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from portal.accounts.models import Account, Role
from portal.cities.models import City
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city, make_event
from tests.support.clients import Page, PageResponse
from tests.support.residents import Settle

pytestmark = pytest.mark.slow

HTMX = {"HX-Request": "true", "HX-Target": "map-panel"}
NONSENSE = "from=abc&to=٢٠١٥&city=x&country=XX1&role=staff&near=7&sort=nearest&sort=match"
FILTERS = (
    "",
    "from=2015&to=2018",
    "from=2018&to=2015",
    "to=2014",
    "q=petrov",
    "q=Щербкова",
    "country=DE",
    "city={kazan}",
    "role=alumni_friend",
    "near=100",
    "q=i&from=2015&country=RU&near=1000",
    "q=nobody",
    NONSENSE,
)


@pytest.fixture
def crowd(alina: Account, kazan: City, innopolis: City, berlin: City) -> None:
    """People of two countries, some of whom hide their city or year, and some who are not listed."""
    live_in(alina, kazan)

    def make(name: str, year: int | None, city: City | None, audience: Audience, **values: Any) -> None:
        first, last = name.split()
        profile = {"graduation_year": year, **values.pop("profile", {})}
        person = make_account(first_name=first, last_name=last, profile=profile, **values)
        if city:
            live_in(person, city, audience)

    make("Иван Петров", 2015, kazan, Audience.MEMBERS)
    make("Юлия Щербакова", 2018, berlin, Audience.ALUMNI)
    make("Peter Müller", 2013, berlin, Audience.PUBLIC)
    make("Pavel Petrov", 2016, innopolis, Audience.SAME_YEAR)
    make("Ivan Hidden", 2016, innopolis, Audience.ME)
    make("Vera Young", 2017, kazan, Audience.MEMBERS, profile={"year_audience": Audience.ME})
    make("Oleg Homeless", 2015, None, Audience.ME)
    make("Frida Zorn", None, innopolis, Audience.MEMBERS, role=Role.ALUMNI_FRIEND)
    make("Max Forgiven", 2015, kazan, Audience.MEMBERS, banned=True, banned_until=now() - timedelta(days=1))
    make("Max Banned", 2015, kazan, Audience.MEMBERS, banned=True, banned_until=now() + timedelta(days=1))
    make("Max Gone", 2015, kazan, Audience.MEMBERS, banned=True)
    make("Max Waiting", 2015, kazan, Audience.MEMBERS, verified=False)
    make("Max Office", 2015, kazan, Audience.MEMBERS, role=Role.STAFF)


def number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def rows(shown: PageResponse) -> dict[str, tuple[int, int]]:
    listed = shown.soup.select(".places li")
    return {str(row.a["href"]): (int(str(row["data-people"])), int(str(row["data-events"]))) for row in listed if row.a}


def bubbles(mine: Page, query: str) -> dict[str, tuple[int, int]]:
    found = mine.get(f"/map/data.json?{query}").json["places"]
    return {place["url"]: (place["people"], place["events"]) for place in found}


def names(shown: PageResponse) -> list[str]:
    return shown.texts("#city-people .row-title bdi, #people-list .row-title bdi")


@pytest.mark.parametrize("query", FILTERS)
def test_map_list_cities_and_directory_agree(mine: Page, crowd: None, kazan: City, query: str) -> None:
    asked = quote(query.format(kazan=kazan.id), safe="=&")
    shown = mine.get(f"/map?{asked}")
    assert rows(shown) == bubbles(mine, asked)
    on_map = sum(people for people, _events in rows(shown).values())
    assert number(shown.text, r"(\d+) (?:person|people) ·") == on_map
    directory = mine.get(f"/people?{asked.replace('sort=nearest&', '')}")
    untold = number(shown.text, r"(\d+) more keeps? their city private")
    assert on_map + untold == number(directory.texts(".list-count")[0], r"^(\d+)") == len(names(directory))
    for url, (people, _events) in rows(shown).items():
        city = mine.get(url)
        assert number(city.texts(".map-note")[0], r"^(\d+)") == len(names(city)) == people
        assert set(names(city)) <= set(names(directory))


def test_hidden_year_matches_no_filter(mine: Page, kazan: City) -> None:
    for audience in (Audience.ME, Audience.ALUMNI):
        live_in(make_account(profile={"graduation_year": 2001, "year_audience": audience}), kazan)
    assert bubbles(mine, "from=2001&to=2001") == {f"/map/cities/{kazan.id}?from=2001&to=2001": (1, 0)}
    assert len(names(mine.get(f"/map/cities/{kazan.id}?to=2001"))) == 1


def test_city_counts_beyond_the_maximum_of_lists(
    mine: Page, settle: Settle, kazan: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.directory.queries.COUNTED_MAX", 3)
    settle(5, kazan)
    assert mine.get(f"/map/cities/{kazan.id}").texts(".map-note") == ["5 people in this city"]


def test_senseless_query_arguments_are_ignored(mine: Page, crowd: None) -> None:
    assert bubbles(mine, quote(NONSENSE, safe="=&")) == bubbles(mine, "")
    assert mine.get(f"/map?{quote(NONSENSE, safe='=&')}").texts(".chip") == []


def test_near_is_ignored_without_an_own_city(mine: Page, settle: Settle, berlin: City) -> None:
    settle(2, berlin)
    shown = mine.get("/map?near=25")
    assert (shown.texts(".chip"), list(rows(shown).values())) == ([], [(2, 0)])


def test_cities_with_events_only_are_shown_without_a_filter_only(
    mine: Page, crowd: None, bob: Account, kazan: City
) -> None:
    ushuaia = make_city("Ushuaia", "Argentina", country_code="AR", lat=-54.8, lng=-68.3)
    for city in (ushuaia, kazan):
        make_event(bob, city_id=city.id)
    everywhere, filtered = bubbles(mine, ""), bubbles(mine, "to=2015")
    assert everywhere[f"/map/cities/{ushuaia.id}"] == (0, 1)
    assert f"/map/cities/{ushuaia.id}?to=2015" not in filtered
    assert filtered[f"/map/cities/{kazan.id}?to=2015"] == (2, 1)


def test_filter_does_not_change_the_events_of_a_city(mine: Page, bob: Account, kazan: City) -> None:
    make_event(bob, title="Winter gathering", city_id=kazan.id)
    shown = mine.get(f"/map/cities/{kazan.id}?q=nobody")
    assert "Winter gathering" in shown.text
    assert shown.texts(".empty a") == ["Show everyone"]


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_links_of_a_city_keep_the_filter(mine: Page, settle: Settle, kazan: City) -> None:
    settle(LIMIT_DEFAULT + 3, kazan)
    here = f"/map/cities/{kazan.id}"
    folded = mine.get(f"{here}?from=2016&q=test&sort=newest", headers=HTMX)
    expected = {"from": ["2016"], "q": ["test"]}
    soup = folded.soup
    assert soup is not None
    more = str(soup.select_one(".pager a")["href"])  # type: ignore[index]  # a list of two pages
    tab, listed = (str(soup.select_one(at)["href"]) for at in (".tab:not([aria-current])", ".section-head a"))  # type: ignore[index]  # a panel
    assert (urlsplit(tab).path, query_of(tab)) == ("/map", expected)
    assert (urlsplit(listed).path, query_of(listed)) == ("/people", {**expected, "city": [str(kazan.id)]})
    assert query_of(str(soup.select_one("#map-panel")["data-source"])) == expected  # type: ignore[index]  # a panel
    assert query_of(more).items() >= expected.items()
    unfolded = names(mine.get(more))
    assert unfolded[:LIMIT_DEFAULT] == names(folded)
    assert len(set(unfolded)) == len(unfolded) == LIMIT_DEFAULT + 3
    mine.get(more.replace("from=2016", "from=2017"), status=422)


@pytest.mark.parametrize("url", ["/map", "/map/cities/{kazan}"])
def test_each_chip_removes_its_filter(mine: Page, crowd: None, kazan: City, url: str) -> None:
    path = url.format(kazan=kazan.id)
    shown = mine.get(f"{path}?from=2014&to=2016&country=RU&role=alumni&near=100")
    assert shown.texts(".chip span") == ["Russia", "Class of 2014–2016", "Alumni", "Within 100 km"]
    for chip, gone in zip(shown.soup.select(".chip"), ("country", "from", "role", "near"), strict=True):
        href = str(chip["href"])
        assert (urlsplit(href).path, gone in query_of(href), len(query_of(href))) == (
            path,
            False,
            5 - 1 - (gone == "from"),
        )


@pytest.mark.parametrize("asked", ["/map", "/map/cities/{berlin}"])
@pytest.mark.parametrize(("typed", "leads"), [("kazan", "/map/cities/{kazan}"), ("Germany", "/map")])
def test_a_place_that_was_typed_opens(
    mine: Page, kazan: City, berlin: City, asked: str, typed: str, leads: str
) -> None:
    ids = {"kazan": kazan.id, "berlin": berlin.id}
    sent = mine.get(f"{asked.format(**ids)}?place={typed}&q=i", status=303).location
    expected = {"q": ["i"]} if typed == "kazan" else {"q": ["i"], "country": ["DE"]}
    assert (urlsplit(sent).path, query_of(sent)) == (leads.format(**ids), expected)


def test_similar_place_is_only_offered(mine: Page, kazan: City) -> None:
    shown = mine.get("/map?place=kazam&from=2016")
    assert [str(link["href"]) for link in shown.soup.select(".people-places a")] == [
        f"/map/cities/{kazan.id}?from=2016"
    ]
    assert "We don't know this place" in mine.get("/map?place=Qwrtpsd").text


def test_the_directory_leads_to_the_map_of_the_same_people(mine: Page, crowd: None, kazan: City) -> None:
    for query, path, kept in (
        ("q=petrov&from=2015&sort=newest", "/map", {"q": ["petrov"], "from": ["2015"]}),
        (f"city={kazan.id}&role=alumni", f"/map/cities/{kazan.id}", {"role": ["alumni"]}),
    ):
        link = mine.get(f"/people?{query}").soup.select_one(".people-summary a")
        assert link is not None
        assert (urlsplit(str(link["href"])).path, query_of(str(link["href"]))) == (path, kept)


def test_a_city_that_there_is_not_is_not_found_by_any_filter(mine: Page) -> None:
    mine.get("/map/cities/1?from=2016", status=404)


def test_nobody_on_a_filtered_map_is_said(mine: Page, crowd: None) -> None:
    assert mine.get("/map?q=nobody").texts(".empty a") == ["Show everyone"]
    assert "Nobody who matches shows a city." in mine.get("/map?q=Homeless").text


@pytest.mark.parametrize(
    "asked", ["/map?q=Ada", "/map/data.json?q=Ada", "/map/cities/{city}?q=Ada", "/map?country={code}"]
)
def test_hidden_city_equals_a_city_without_people(mine: Page, asked: str) -> None:
    dwelt = make_city("Quietburg", "Iceland", country_code="IS")
    empty = make_city("Quietdorf", "Jamaica", country_code="JM")
    ada = make_account(first_name="Ada", last_name="Hidden")

    def values(city: City) -> str:
        """Return the response without what merely repeats the request."""
        answer = mine.get(asked.format(city=city.id, code=city.country_code), headers=HTMX).response.text
        return re.sub(rf"\b({city.id}|{city.name}|{city.country_code}|{city.country})\b", "…", answer)

    live_in(ada, dwelt, Audience.ME)
    assert values(dwelt) == values(empty)
    live_in(ada, dwelt)
    assert values(dwelt) != values(empty) or "{" not in asked, "the test would not see a leak"
