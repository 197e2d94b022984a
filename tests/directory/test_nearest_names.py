"""A name with more mistakes than one is not found, but the people who may be meant are offered."""

from __future__ import annotations

import pytest

from portal.accounts.models import NAME_MAX, Account
from portal.cities.models import City
from portal.core.spelling import mistakes
from tests.directory.lists import found, names_for
from tests.factories import live_in, make_account
from tests.support.clients import Api, Page

ALINA, CARTER = "Alina Galieva", "Bob Carter"


@pytest.fixture
def crowd(mine: Page, people: dict[str, Account]) -> dict[str, Account]:
    """Create people whose names are meant, beside others that resemble them."""
    names = (
        ("Alina", "Galieva"),
        ("Алсу", "Галиева"),
        ("Emil", "Galeev"),
        ("Елена", "Горелова"),
        ("Alena", "Demidova"),
        ("Bob", "Carter"),
        ("Żaneta", "Wójcik"),
        ("Александр", "Константинопольский"),
        ("Łukasz", "Kowalczyk"),
        ("Anna", "Schröder"),
        ("Ян", "Ли"),
        ("Björn", "Þórðarson"),
    )
    return {f"{first} {last}": make_account(first_name=first, last_name=last) for first, last in names}


def offered(mine: Page, text: str) -> list[str]:
    shown = mine.get("/people", query_string={"q": text})
    assert not shown.soup.select("#people-list > .rows"), "the strict search has found somebody"
    return shown.texts(".nearest .row-title bdi")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Galieva Alena", ALINA),
        ("Alyona Galieva", ALINA),
        ("алена галеева", ALINA),
        ("Galeyeva Alna", ALINA),
        ("Bob Kartr", CARTER),
        ("Bbo Cartre", CARTER),
        ("Gailevva Alina", ALINA),
        ("Алниа Глиева", ALINA),
        ("Zaneta Voitsikk", "Żaneta Wójcik"),
        ("Vujcek Zhaneta", "Żaneta Wójcik"),
        ("Aleksander Konstantinapolskiy", "Александр Константинопольский"),
        ("Константинпольский Алкесандр", "Александр Константинопольский"),
        ("Lukas Kovalchuk", "Łukasz Kowalczyk"),
        ("Anka Shrader", "Anna Schröder"),
        ("Bjorm Thordarsson", "Björn Þórðarson"),
        ("Shasa Konstantinoploskii", "Александр Константинопольский"),
    ],
)
def test_person_is_offered_despite_two_mistakes(mine: Page, crowd: dict[str, Account], typed: str, meant: str) -> None:
    shown = mine.get("/people", query_string={"q": typed})
    assert shown.texts("#people-list .row-title bdi")[0] == meant


def test_all_who_resemble_every_word_are_offered_before_those_who_resemble_one(
    mine: Page, crowd: dict[str, Account]
) -> None:
    assert offered(mine, "galeyeva alna") == [ALINA]
    assert set(offered(mine, "Qwerty Galeyeva")[:3]) == {ALINA, "Алсу Галиева", "Emil Galeev"}


@pytest.mark.parametrize("typed", ["Xqzzk Wqrtp", "Alina Qwrtzp", "Ян Жмыхов", "a" * 80, "|%_", "12 34"])
def test_nobody_is_offered_who_resembles_nothing(mine: Page, crowd: dict[str, Account], typed: str) -> None:
    assert offered(mine, typed) == []


def test_names_that_are_very_long_in_latin_script_do_no_harm(mine: Page, crowd: dict[str, Account]) -> None:
    make_account(first_name="Xiao", last_name="龘" * NAME_MAX)
    assert offered(mine, "龘" * 30 + "丽" * 30 + " Galeyeva Alna")[0] == ALINA
    assert offered(mine, "Galeyeva Alna") == [ALINA]


def test_a_correct_name_outside_of_the_other_filters_is_offered(
    mine: Page, crowd: dict[str, Account], kazan: City, berlin: City
) -> None:
    live_in(crowd[ALINA], berlin)
    shown = mine.get("/people", query_string={"q": "Galieva Alina", "city": kazan.id})
    assert shown.texts(".nearest .row-title bdi") == [ALINA]
    assert shown.texts(".nearest h2") == ["Without the other filters"]
    assert shown.element(".nearest-more a")["href"] == "/people?q=Galieva+Alina"


@pytest.mark.parametrize("state", [{"verified": False}, {"banned": True}, {"role": "staff"}])
def test_people_who_are_not_listed_are_not_offered(mine: Page, state: dict[str, object]) -> None:
    make_account(first_name="Rupert", last_name="Quillington", **state)  # type: ignore[arg-type]
    assert offered(mine, "Ruprt Quilingtn") == []


def test_found_people_are_never_replaced_by_similar_ones(mine: Page, crowd: dict[str, Account]) -> None:
    assert names_for(mine, "q=Galieva Alina") == [ALINA]
    assert mine.get("/people?q=Galieva Alina").soup.select(".nearest") == []


def test_json_answers_with_the_nearest_people_in_one_page(
    api: Api, alina: Account, crowd: dict[str, Account], kazan: City
) -> None:
    live_in(crowd[ALINA], kazan)
    api.sign_in(alina)
    assert found(api, "galeyeva alna") == [ALINA]
    assert found(api, "galeyeva alna", location="Russia, Kazan") == [ALINA]
    assert found(api, "galeyeva alna", location="Germany, Berlin") == []
    assert found(api, "galeyeva alna", limit=1) == [ALINA]


def test_what_was_typed_is_shown_as_text(mine: Page) -> None:
    make_account(first_name="Rupert", last_name="Quillington")
    shown = mine.get("/people", query_string={"q": "<b>Ruprt Quilingtn</b>"})
    assert shown.soup.select("#people-list b") == []


@pytest.mark.parametrize(
    ("typed", "meant", "number"),
    [("galeva", "galeva", 0), ("glaeva", "galeva", 1), ("galvea", "galeva", 1), ("galea", "galeva", 1), ("", "ab", 2)],
)
def test_a_swap_is_one_mistake(typed: str, meant: str, number: int) -> None:
    assert mistakes(typed, meant, 3) == mistakes(meant, typed, 3) == number
    if number:
        assert mistakes(typed, meant, number - 1) == number, "more than are counted"
