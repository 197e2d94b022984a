"""The public map: rounded numbers, published once a day, from which nobody's move can be told."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal.alumni_map.counts import CityCount
from portal.alumni_map.models import PublicFigures
from portal.alumni_map.public_map import Figures, figures_of_today, next_figures
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.disclosure import LEAST, STEP, published
from portal.extensions import db
from portal.profiles.models import Audience
from tests.conftest import Clock
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Page, PageResponse
from tests.support.residents import Settle

pytestmark = pytest.mark.slow

COUNTRIES = ("DE", "RU", "US")
Home = tuple[str, int]
"""A country and the number of a city in it; no city stands for a hidden one."""
homes = st.tuples(st.sampled_from(COUNTRIES), st.integers(0, 3)) | st.none()


def published_for(people: list[Home | None], before: Figures | None = None) -> Figures:
    numbers = {home: people.count(home) for home in people if home}
    cities = [
        CityCount(10 * COUNTRIES.index(country) + number, "City", None, country, country, 1.0, 1.0, count)
        for (country, number), count in numbers.items()
    ]
    return next_figures(before, len(people), cities)


worlds = st.lists(st.tuples(homes, st.integers(0, 30)), max_size=9).map(
    lambda groups: [home for home, number in groups for _ in range(number)]
)


@given(worlds, st.integers(0, 10**6), homes)
def test_one_persons_change_changes_nothing(people: list[Home | None], chosen: int, home: Home | None) -> None:
    before = published_for(people)
    assert published_for([*people, home], before) == before, "somebody came"
    if people:
        at = chosen % len(people)
        others = people[:at] + people[at + 1 :]
        assert published_for(others, before) == before, "somebody left"
        assert published_for([*others, home], before) == before, "somebody moved, or chose another audience"


@given(worlds, worlds)
def test_numbers_are_rounded_and_small_ones_suppressed(people: list[Home | None], later: list[Home | None]) -> None:
    before = published_for(people)
    for figures in (before, published_for(later, before)):
        shown = [*figures.cities.values(), *figures.countries.values(), figures.elsewhere]
        assert all(number == 0 or (number >= LEAST and number % STEP == 0) for number in shown)
        assert 0 not in (*figures.cities.values(), *figures.countries.values())


@pytest.mark.parametrize(
    ("exact", "before", "shown"),
    [
        (0, None, 0),
        (9, None, 0),
        (10, None, 10),
        (12, None, 10),
        (13, None, 15),
        (14, 0, 0),
        (15, 0, 15),
        (14, 10, 10),
        (15, 10, 15),
        (6, 10, 10),
        (5, 10, 0),
        (1234, None, 1235),
        (1231, 1235, 1235),
        (1230, 1235, 1230),
    ],
)
def test_a_number_stays_until_several_people_have_come_or_gone(exact: int, before: int | None, shown: int) -> None:
    assert published(exact, before) == shown


def answer_of(page: Page, query: str = "") -> tuple[int, tuple[int, ...]]:
    answer: Any = page.get(f"/map/public.json{query}").response.json
    return answer["people"], tuple(place["people"] for place in answer["places"])


def on_landing_page(shown: PageResponse) -> tuple[int, tuple[int, ...]]:
    total = re.sub(r"\D", "", shown.texts(".stat")[0])
    return int(total), tuple(int(str(row["data-people"])) for row in shown.soup.select(".places li"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_visitors_get_one_answer_for_any_query(
    page: Page, settle: Settle, kazan: City, innopolis: City, berlin: City, seed: int
) -> None:
    rng = Random(seed)
    for home, audience in product((kazan, innopolis, berlin), (Audience.PUBLIC, Audience.MEMBERS, Audience.ME)):
        settle(rng.randint(3, 9), home, audience, profile={"graduation_year": rng.choice((2015, 2016))})
    asked = ("", f"?city={kazan.id}", "?from=2016&to=2016", "?q=test", "?country=RU", "?role=alumni", "?near=25&zoom=9")
    answers = set()
    for locale, query in product(("en", "ru"), asked):
        page.client.set_cookie("portal-locale", locale)
        answers.add(answer_of(page, query))
        answers.add(on_landing_page(page.get(f"/{query}")))
    assert len(answers) == 1


def test_small_cities_join_the_others_of_their_country_and_small_countries_the_rest() -> None:
    people: list[Home | None] = [("RU", 0)] * 14 + [("DE", 0)] * 6 + [("DE", 1)] * 6 + [("US", 2)] * 9 + [None] * 3
    figures = published_for(people)
    assert figures == Figures({10: 15}, {"DE": 10}, 10)
    assert figures.total == 35


def test_visitors_get_cells_and_their_sum(page: Page, settle: Settle, kazan: City, berlin: City) -> None:
    settle(12, kazan)
    settle(9, berlin)
    settle(2, berlin, Audience.ME)
    answer: Any = page.get("/map/public.json").json
    assert answer["people"] == 20
    assert [(place["name"], place["people"], place["url"]) for place in answer["places"]] == [("Kazan", 10, "")]


@pytest.mark.parametrize(("in_kazan", "names"), [(15, ["Kazan", "Elsewhere in Russia"]), (2, ["Russia"])])
def test_a_country_has_a_cell_for_its_smaller_cities(
    page: Page, settle: Settle, kazan: City, innopolis: City, in_kazan: int, names: list[str]
) -> None:
    settle(in_kazan, kazan)
    for city in (innopolis, make_city("Kirov"), make_city("Omsk")):
        settle(4, city)
    assert [place["name"] for place in page.get("/map/public.json").json["places"]] == names


@pytest.mark.parametrize("number", [9, 12, 13])
@pytest.mark.parametrize("act", ["moves", "hides", "joins"])
@pytest.mark.parametrize("days", [0, 40])
def test_what_one_person_does_changes_nothing_that_visitors_see(
    page: Page, clock: Clock, settle: Settle, kazan: City, berlin: City, number: int, act: str, days: int
) -> None:
    people = settle(number, kazan)
    settle(number, berlin)
    before = answer_of(page), on_landing_page(page.get("/"))
    if act == "moves":
        live_in(people[0], berlin, Audience.MEMBERS)
    elif act == "hides":
        live_in(people[0], kazan, Audience.ME)
    else:
        settle(1, kazan)
    clock.move(days=days)
    assert (answer_of(page), on_landing_page(page.get("/"))) == before


def test_figures_are_published_once_a_day(
    app: PortalFlask, page: Page, clock: Clock, settle: Settle, kazan: City
) -> None:
    settle(12, kazan)
    assert answer_of(page) == (10, (10,))
    settle(40, kazan)
    assert answer_of(page) == (10, (10,))
    clock.move(days=1)
    assert answer_of(page) == (50, (50,))
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PublicFigures)) == 1
        assert figures_of_today() == Figures({kazan.id: 50})


def test_people_who_show_their_city_to_few_are_in_no_cell(page: Page, settle: Settle, kazan: City) -> None:
    settle(30, kazan, Audience.SAME_YEAR)
    assert answer_of(page) == (30, ())


def test_unverified_banned_and_staff_are_not_counted(page: Page, settle: Settle, kazan: City) -> None:
    settle(10, kazan)
    for values in ({"verified": False}, {"banned": True}, {"role": "staff"}):
        settle(10, kazan, **values)
    assert answer_of(page) == (10, (10,))


def test_of_parallel_first_visitors_one_publishes(committed: PortalFlask) -> None:
    kazan = make_city("Kazan")
    for _ in range(12):
        live_in(make_account(), kazan)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: answer_of(Page(committed)), range(6)))
    assert set(answers) == {(10, (10,))}
    with committed.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PublicFigures)) == 1


def test_a_city_that_is_renamed_has_its_new_name_at_once(committed: PortalFlask, settle: Settle, kazan: City) -> None:
    settle(LEAST, kazan)
    page = Page(committed)
    assert "Kazan, Russia" in page.get("/").text
    with committed.app_context():
        db.session.get_one(City, kazan.id).name = "Qazan"
        db.session.commit()
    assert "Qazan, Russia" in page.get("/").text
