"""The directory: who is listed, by which filters and in which order, and what it never reveals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from portal.accounts.models import Account, Role
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city, save
from tests.support.clients import Api, Page, PageResponse
from tests.support.statements import counting

BUDGET = 4


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", search="||kazan|")


@pytest.fixture
def berlin(app: PortalFlask) -> City:
    return make_city("Berlin", "Germany", country_code="DE", lat=52.52, lng=13.4)


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


@pytest.fixture
def people(mine: Page, kazan: City, berlin: City) -> dict[str, Account]:
    """Four graduates and an alumni friend, beside the viewer."""

    def make(first: str, last: str, year: int | None, city: City | None, days: int, **values: Any) -> Account:
        person = make_account(first_name=first, last_name=last, profile={"graduation_year": year}, **values)
        if city:
            live_in(person, city)
        person.verified_at = now() - timedelta(days=days)
        return save(person)

    return {
        "ivan": make("Иван", "Петров", 2015, kazan, 4),
        "julia": make("Юлия", "Щербакова", 2018, berlin, 3),
        "peter": make("Peter", "Müller", 2020, berlin, 2),
        "oleg": make("Oleg", "Åberg", 2015, None, 1),
        "frida": make("Frida", "Zorn", None, kazan, 5, role=Role.ALUMNI_FRIEND),
    }


def names(shown: PageResponse) -> list[str]:
    return shown.texts("#people-list .row-title bdi")


def names_for(mine: Page, query: str) -> list[str]:
    return names(mine.get(f"/people?{quote(query, safe='=&+')}"))


IVAN, JULIA, PETER, OLEG, FRIDA, ALINA = (
    "Иван Петров",
    "Юлия Щербакова",
    "Peter Müller",
    "Oleg Åberg",
    "Frida Zorn",
    "Alina Demo",
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [OLEG, ALINA, PETER, IVAN, JULIA, FRIDA]),
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
    assert names(shown) == [IVAN, FRIDA]
    assert shown.texts(".chip span") == ["Kazan, Russia"]
    assert [link["href"] for link in shown.soup.select("main a.btn")] == [f"/map/cities/{kazan.id}"]


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
    assert names_for(mine, "near=100") == [OLEG, ALINA, IVAN, FRIDA]
    assert names_for(mine, "near=25") == [ALINA, IVAN, FRIDA]
    assert names_for(mine, "sort=nearest") == [ALINA, IVAN, FRIDA, OLEG, PETER, JULIA]


def test_inactive_accounts_are_not_listed(mine: Page, nina: Account, boris: Account, adam: Account) -> None:
    assert names(mine.get("/people")) == [ALINA]
    assert names_for(mine, "q=Demo") == [ALINA]


def test_names_of_unlisted_people_do_not_change_a_search(mine: Page, people: dict[str, Account]) -> None:
    before = names_for(mine, "q=Ptrov")
    make_account(first_name="Ivan", last_name="Ptrov", verified=False)
    assert names_for(mine, "q=Ptrov") == before == [IVAN]


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
    monkeypatch.setattr("portal.directory.queries.COUNTED_MAX", 4)
    monkeypatch.setattr("portal.directory.presenter.COUNTED_MAX", 4)
    assert mine.get("/people").texts(".list-count")[0].startswith("4+ people")


def test_each_chip_removes_its_filter(mine: Page, people: dict[str, Account], kazan: City) -> None:
    shown = mine.get(f"/people?q=i&from=2014&to=2016&city={kazan.id}&role=alumni&sort=newest")
    assert shown.texts(".chip span") == ["Class of 2014–2016", "Kazan, Russia", "Alumni"]
    for chip, gone in zip(shown.soup.select(".chip"), ("from", "city", "role"), strict=True):
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
    assert shown.texts(".empty a") == ["Show everyone"]
    assert names(shown) == []


def test_htmx_request_gets_the_list_with_its_filters(mine: Page, people: dict[str, Account]) -> None:
    shown = mine.get("/people?q=petrov", headers={"HX-Request": "true"})
    assert shown.soup.select_one("#people")
    assert not shown.soup.select_one("h1")
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


def ids(shown: PageResponse) -> list[str]:
    return [str(link["href"]).rpartition("/")[2] for link in shown.soup.select("#people-list .row-link")]


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


# -- What it never reveals --------------------------------------------------------------------------------------------

Request = Callable[[City], str]
REQUESTS: dict[str, Request] = {
    "by its number": lambda city: f"/people?city={city.id}",
    "by its country": lambda city: f"/people?country={city.country_code}",
    "by its name": lambda city: f"/people?q={city.name}",
    "by distance": lambda city: "/people?near=25",
    "nearest": lambda city: "/people?sort=nearest",
}


def response_without_echo(mine: Page, path: str, city: City) -> str:
    """Return the response without what merely repeats the request."""
    fragment = mine.get(path, headers={"HX-Request": "true"}).response.text
    echoed = re.sub(rf"\b({city.id}|{city.name}|{city.country_code}|{city.country})\b", "…", fragment)
    return re.sub("Iceland|Jamaica", "…", echoed)


@pytest.mark.parametrize("request_kind", REQUESTS)
def test_hidden_city_equals_a_city_without_people(mine: Page, alina: Account, request_kind: str) -> None:
    dwelt = make_city("Quietburg", "Iceland", country_code="IS")
    empty = make_city("Quietdorf", "Jamaica", country_code="JM")
    ada = make_account(first_name="Ada", last_name="Hidden")
    answers = []
    for city in (dwelt, empty):
        live_in(alina, city, Audience.ME)
        live_in(ada, dwelt, Audience.ME)
        answers.append(response_without_echo(mine, REQUESTS[request_kind](city), city))
    assert answers[0] == answers[1]
    live_in(alina, dwelt, Audience.ME)
    live_in(ada, dwelt, Audience.MEMBERS)
    if request_kind != "by its name":
        assert response_without_echo(mine, REQUESTS[request_kind](dwelt), dwelt) != answers[0], (
            "the test would not see a leak"
        )


HIDDEN = {
    "year": ("1987", "1988", ("from={value}&to={value}", "q={value}")),
    "telegram": ("zanzibar_ada", "timbuktu_ada", ("q={value}",)),
    "work": ("Beekeeper", "Locksmith", ("q={value}",)),
    "biography": ("Mandolin", "Xylophon", ("q={value}",)),
    "email": ("hidden.ada@demo.example", "random.ada@demo.example", ("q={value}", "q=hidden.ada")),
}
COLUMNS = {"year": "graduation_year", "telegram": "telegram_alias", "work": "work", "biography": "biography"}


@pytest.mark.parametrize("field", HIDDEN)
def test_hidden_value_is_answered_like_a_random_one(
    mine: Page, api: Api, alina: Account, people: dict[str, Account], field: str
) -> None:
    """Responses are equal byte for byte except for the echo, also in the order of other people."""
    hidden, random, questions = HIDDEN[field]
    profile: dict[str, Any] = {AUDIENCE_FIELDS[field].key: Audience.ME}
    if field in COLUMNS:
        profile[COLUMNS[field]] = int(hidden) if field == "year" else hidden
    make_account(HIDDEN["email"][0], first_name="Zoe", last_name="Quiet", profile=profile)
    for question in questions:
        answers = []
        for value in (hidden, random):
            asked_for = question.format(value=quote(value)).replace("hidden.ada", value.partition("@")[0])
            fragment = mine.get(f"/people?{asked_for}", headers={"HX-Request": "true"}).response.text
            answers.append(
                fragment.replace(quote(value), "…").replace(value, "…").replace(value.partition("@")[0], "…")
            )
        assert answers[0] == answers[1], question
        assert "Zoe Quiet" not in answers[0]
    if field != "year":
        api.sign_in(alina)
        assert found(api, hidden) == found(api, random)


def test_visible_year_is_found(mine: Page) -> None:
    profile = {"graduation_year": 1987, "year_audience": Audience.ALUMNI}
    make_account(first_name="Ada", last_name="Open", profile=profile)
    assert names_for(mine, "from=1987&to=1987") == ["Ada Open"]


def test_hidden_city_is_not_listed_in_json(api: Api, alina: Account, kazan: City) -> None:
    live_in(make_account(), kazan, Audience.ME)
    empty: dict[str, Any] = {"items": [], "next_cursor": None, "has_more": False}
    assert api.sign_in(alina).get("/api/v1/profile/all?location=Russia,%20Kazan") == empty


# -- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "from=abc&to=-1",
        "from=20156&to=٢٠١٥",
        "city=abc",
        "city=99999999999",
        "country=XX1&role=staff",
        "sort=match&near=7",
        "near=100&sort=nearest",
        "country=ZZ",
        "country=EU",
        "q=%20%0a",
        "place=%20",
    ],
)
def test_senseless_query_arguments_are_ignored(mine: Page, people: dict[str, Account], query: str) -> None:
    assert names(mine.get(f"/people?{query}")) == names(mine.get("/people"))


@pytest.mark.parametrize(
    "query", ["q=%E2%80%8B", "q=" + "x" * 5000, "q=" + "я+" * 200, "q=%25%5F%7C", "q=...", "place=" + "ж" * 300]
)
def test_strange_searches_never_fail(mine: Page, query: str) -> None:
    assert names(mine.get(f"/people?{query}")) in ([], [ALINA])


@pytest.mark.parametrize("path", ["/people?q=%00", "/people?place=%01", "/people?q=%E2%80%AE"])
def test_unprintable_text_is_refused(mine: Page, path: str) -> None:
    mine.get(path, status=400)


def test_unknown_city_has_no_people(mine: Page) -> None:
    shown = mine.get("/people?city=2147483647")
    assert (names(shown), shown.texts(".chip span")) == ([], ["Unknown city"])


@pytest.mark.parametrize("cursor", ["forged", "=", "x" * 2000])
def test_forged_cursor_is_refused(mine: Page, cursor: str) -> None:
    mine.get(f"/people?until={cursor}", status=422)
    mine.get(f"/people/more?after={cursor}", status=422)


def test_cursor_of_another_list_is_refused(mine: Page) -> None:
    for _person in range(LIMIT_DEFAULT + 1):
        make_account()
    more = str(mine.get("/people").element(".pager a")["href"])
    mine.get(f"{more}&role=alumni", status=422)


# -- JSON ------------------------------------------------------------------------------------------------------------


def found(api: Api, search: str, **more: Any) -> list[str]:
    arguments = {"search": search, **more}
    answer = api.get("/api/v1/profile/all", query_string=arguments)
    return [f"{item['first_name']} {item['last_name']}" for item in answer["items"]]


def test_json_finds_the_people_of_the_page_in_the_order_of_the_page(
    api: Api, mine: Page, people: dict[str, Account], alina: Account
) -> None:
    api.sign_in(alina)
    for text in ("Ivan", "Иван Петров", "petrof", "Mueller", "Щербкова", "o", "nobody"):
        assert found(api, text) == names_for(mine, f"q={text}"), text
    assert found(api, " ") == found(api, "")
    assert found(api, "Ivan", location="Germany, Berlin") == []
    assert found(api, "Ivan", location="Russia, Kazan") == [IVAN]


def test_pages_of_a_search_in_json_have_no_gaps_or_repeats(api: Api, alina: Account) -> None:
    everybody = {
        str(make_account(first_name=first, last_name="Alike").id) for first in ("Al", "Alan", "Mo", "Al", "Li")
    }
    api.sign_in(alina)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/api/v1/profile/all?search=al&limit=2&cursor={cursor}")
        make_account(first_name="Al", last_name="Aaron")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert everybody <= set(seen)


@pytest.mark.parametrize("query", ["search=" + "x" * 81, "search=a&cursor=forged", "search=a&limit=0"])
def test_unusable_query_argument_of_json_is_refused(api: Api, alina: Account, query: str) -> None:
    api.sign_in(alina).get(f"/api/v1/profile/all?{query}", status=422)
