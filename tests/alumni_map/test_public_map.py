"""The public map: no sum or difference of its numbers stands for one to four people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import combinations, product
from operator import or_
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.alumni_map.counts import CELL_MIN, Cell, CityCount, PublicMap, group_into_cells
from portal.application import PortalFlask
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.support.clients import Page, PageResponse
from tests.support.residents import Settle

pytestmark = pytest.mark.slow

COUNTRIES = ("DE", "RU", "US")


def centres(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(codes, (0.0, 0.0))


def city(number: int, country: str, people: int) -> CityCount:
    return CityCount(number, f"City {number}", None, country, country, 1.0, 1.0, people)


Group = int
"""People as the bits of a number, so that sums and differences of many groups are made quickly."""
World = dict[CityCount, Group]


def settled(places: Sequence[tuple[str, int]]) -> World:
    """Return cities of these countries with so many people, each person as one bit."""
    world, before = {}, 0
    for number, (country, people) in enumerate(places):
        world[city(number, country, people)] = (2**people - 1) << before
        before += people
    return world


def groups_of(public: PublicMap, world: World, everybody: Group) -> list[Group]:
    """Return the group that each published number stands for; the last is the rest."""
    groups = [union(group for each, group in world.items() if is_in(each, cell)) for cell in public.cells]
    groups.append((everybody if public.total else 0) & ~union(groups))
    assert [group.bit_count() for group in groups] == [*(cell.people for cell in public.cells), public.elsewhere]
    return groups


def is_in(each: CityCount, cell: Cell) -> bool:
    return each == cell.city if cell.city else each.country == cell.country and each.people < CELL_MIN


def union(groups: Iterable[Group]) -> Group:
    return reduce(or_, groups, 0)


def isolated(*answers: Sequence[Group]) -> set[int]:
    """Return the sizes of groups that sums and differences of the published numbers isolate.

    A zoom's cluster is such a sum. Only one to four people count, and only a group that holds the other can lose it.
    """
    chosen = (group for groups in answers for size in range(len(groups) + 1) for group in combinations(groups, size))
    known = {union(groups) for groups in chosen}
    left = {(one & ~other).bit_count() for one, other in product(known, repeat=2) if one & other == other}
    return left & set(range(1, CELL_MIN))


inhabited = st.lists(st.tuples(st.sampled_from(COUNTRIES), st.integers(1, 9)), max_size=9)


@given(inhabited, st.integers(0, 9))
@settings(max_examples=300, deadline=None)
def test_no_sum_or_difference_stands_for_one_to_four_people(places: list[tuple[str, int]], hidden: int) -> None:
    world = settled(places)
    total = sum(each.people for each in world) + hidden
    public = group_into_cells(total, list(world), centres)
    assert not isolated(groups_of(public, world, 2**total - 1))


def test_check_finds_a_map_that_reveals_too_much() -> None:
    world = settled([("RU", 6), ("DE", 8)])
    cells = group_into_cells(14, list(world), centres).cells
    assert isolated(groups_of(PublicMap(17, cells, 3), world, 2**17 - 1)) == {3}


def test_check_finds_what_two_filters_would_reveal() -> None:
    everybody, of_some_years = (settled([("RU", people)]) for people in (9, 7))
    answers = [
        groups_of(group_into_cells(people, list(world), centres), world, 2**people - 1)
        for people, world in ((9, everybody), (7, of_some_years))
    ]
    assert [isolated(answer) for answer in answers] == [set(), set()]
    assert isolated(*answers) == {2}


def published(answer: Any) -> tuple[int, tuple[int, ...]]:
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
        settle(rng.randint(0, 4), home, audience, profile={"graduation_year": rng.choice((2015, 2016))})
    asked = ("", f"?city={kazan.id}", "?from=2016&to=2016", "?q=test", "?country=RU", "?role=alumni", "?near=25&zoom=9")
    answers = set()
    for locale, query in product(("en", "ru"), asked):
        page.client.set_cookie("portal-locale", locale)
        answers.add(published(page.get(f"/map/public.json{query}").response.json))
        answers.add(on_landing_page(page.get(f"/{query}")))
    [(total, cells)] = answers
    assert all(number == 0 or number >= CELL_MIN for number in (*cells, total - sum(cells)))


def test_small_cities_join_the_others_of_their_country() -> None:
    public = group_into_cells(12, [city(1, "RU", 7), city(2, "DE", 3), city(3, "DE", 2)], centres)
    assert [(cell.country, cell.city is None, cell.people) for cell in public.cells] == [
        ("RU", False, 7),
        ("DE", True, 5),
    ]


def test_country_is_called_the_rest_only_beside_its_cities(tx: PortalFlask) -> None:
    cities = [city(1, "RU", 7), city(2, "RU", 4), city(3, "RU", 4), city(4, "DE", 3), city(5, "DE", 2)]
    with tx.app_context():
        names = [cell.label("en") for cell in group_into_cells(20, cities, centres).cells]
    assert names == ["Elsewhere in RU", "City 1", "DE"]


def test_rest_that_is_too_small_takes_in_the_smallest_cell() -> None:
    public = group_into_cells(16, [city(1, "RU", 8), city(2, "DE", 5), city(3, "US", 3)], centres)
    assert ([cell.people for cell in public.cells], public.elsewhere) == ([8], 8)


@pytest.mark.parametrize(("people", "total"), [(4, 0), (5, 5)])
def test_portal_with_fewer_than_five_people_has_an_empty_map(people: int, total: int) -> None:
    assert group_into_cells(people, [city(1, "RU", people)], centres).total == total


def test_visitors_get_cells_and_the_total(page: Page, settle: Settle, kazan: City, berlin: City) -> None:
    settle(6, kazan)
    settle(3, berlin)
    settle(2, berlin, Audience.ME)
    answer = page.get("/map/public.json").json
    assert answer["people"] == 11
    assert [(place["name"], place["people"], place["url"]) for place in answer["places"]] == [("Kazan", 6, "")]


def test_people_who_show_their_city_to_few_are_in_no_cell(page: Page, settle: Settle, kazan: City) -> None:
    settle(9, kazan, Audience.SAME_YEAR)
    assert page.get("/map/public.json").json["places"] == []


def test_unverified_banned_and_staff_are_not_counted(page: Page, settle: Settle, kazan: City) -> None:
    settle(5, kazan)
    settle(5, kazan, verified=False)
    settle(5, kazan, banned=True)
    settle(5, kazan, role="staff")
    assert page.get("/map/public.json").json["people"] == 5
