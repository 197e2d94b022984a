"""The public map: whatever is added up or subtracted, no number stands for one to four people."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.application import PortalFlask
from portal.profiles.map import CELL_MIN, CityCount, PublicMap, in_cells
from portal.profiles.models import Audience, City
from tests.home.conftest import Settle
from tests.support.clients import Page

COUNTRIES = ("DE", "RU", "US")


def middles(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(codes, (0.0, 0.0))


def city(number: int, country: str, people: int) -> CityCount:
    return CityCount(number, f"City {number}", None, country, country, 1.0, 1.0, people)


def differences(numbers: Sequence[int], total: int) -> set[int]:
    """Everything that can be made by adding up some of the numbers, and by taking that from the total."""
    sums = {sum(chosen) for size in range(len(numbers) + 1) for chosen in itertools.combinations(numbers, size)}
    return {abs(one - other) for one, other in itertools.product(sums, (0, total))}


def isolates(public: PublicMap) -> set[int]:
    numbers = [cell.people for cell in public.cells]
    return {found for found in differences(numbers, public.total) if 0 < found < CELL_MIN}


inhabited = st.lists(st.tuples(st.sampled_from(COUNTRIES), st.integers(1, 9)), max_size=9)


@given(inhabited, st.integers(0, 9))
@settings(max_examples=300, deadline=None)
def test_no_sum_and_no_difference_stands_for_one_to_four_people(places: list[tuple[str, int]], hidden: int) -> None:
    cities = [city(number, *place) for number, place in enumerate(places)]
    public = in_cells(sum(each.people for each in cities) + hidden, cities, middles)
    assert not isolates(public)
    assert sum(cell.people for cell in public.cells) + public.elsewhere == public.total


def test_the_check_finds_a_map_that_tells_too_much() -> None:
    cells = in_cells(14, [city(1, "RU", 6), city(2, "DE", 8)], middles).cells
    assert isolates(PublicMap(total=17, cells=cells, elsewhere=3)) == {3}


def test_small_cities_join_the_others_of_their_country() -> None:
    public = in_cells(12, [city(1, "RU", 7), city(2, "DE", 3), city(3, "DE", 2)], middles)
    assert [(cell.country, cell.city is None, cell.people) for cell in public.cells] == [
        ("RU", False, 7),
        ("DE", True, 5),
    ]


def test_a_country_is_named_as_a_rest_only_beside_its_cities(tx: PortalFlask) -> None:
    cities = [city(1, "RU", 7), city(2, "RU", 4), city(3, "RU", 4), city(4, "DE", 3), city(5, "DE", 2)]
    with tx.app_context():
        names = [cell.label("en") for cell in in_cells(20, cities, middles).cells]
    assert names == ["Elsewhere in RU", "City 1", "DE"]


def test_a_rest_too_small_takes_in_the_smallest_cell() -> None:
    public = in_cells(16, [city(1, "RU", 8), city(2, "DE", 5), city(3, "US", 3)], middles)
    assert ([cell.people for cell in public.cells], public.elsewhere) == ([8], 8)


@pytest.mark.parametrize(("people", "told"), [(4, 0), (5, 5)])
def test_a_portal_with_fewer_than_five_people_tells_nothing(people: int, told: int) -> None:
    assert in_cells(people, [city(1, "RU", people)], middles).total == told


def test_strangers_get_cells_and_totals(page: Page, settle: Settle, kazan: City, berlin: City) -> None:
    settle(6, kazan)
    settle(3, berlin)
    settle(2, berlin, Audience.ME)
    answer = page.get("/map/public.json").response.json
    assert answer["people"] == 11
    assert [(place["name"], place["people"], place["url"]) for place in answer["places"]] == [("Kazan", 6, "")]


def test_those_who_show_their_city_to_few_are_in_no_cell(page: Page, settle: Settle, kazan: City) -> None:
    settle(9, kazan, Audience.SAME_YEAR)
    assert page.get("/map/public.json").response.json["places"] == []


def test_the_unverified_the_banned_and_the_staff_are_not_counted(page: Page, settle: Settle, kazan: City) -> None:
    settle(5, kazan)
    settle(5, kazan, verified=False)
    settle(5, kazan, banned=True)
    settle(5, kazan, role="staff")
    assert page.get("/map/public.json").response.json["people"] == 5
