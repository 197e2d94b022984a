"""The alumni office's list of people: its filters, pages and counts."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.admin.pages import names
from tests.factories import make_account
from tests.support.clients import Page
from tests.support.statements import counting


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Adam Demo", "Alina Demo", "Nina Demo", "Boris Demo", "Fred Friend", "Olga Link"}),
        ("?q=alina+demo.example", {"Alina Demo"}),
        ("?q=%25", set()),
        ("?standing=member", {"Adam Demo", "Alina Demo", "Fred Friend"}),
        ("?standing=waiting", {"Nina Demo"}),
        ("?standing=unproven", {"Olga Link"}),
        ("?standing=banned", {"Boris Demo"}),
        ("?role=alumni_friend&standing=member", {"Fred Friend"}),
        ("?role=staff", {"Adam Demo"}),
        ("?role=nonsense&standing=nonsense&q=fred", {"Fred Friend"}),
    ],
)
def test_filters_select_people(
    office: Page, alina: Account, nina: Account, boris: Account, query: str, expected: set[str]
) -> None:
    make_account(first_name="Fred", last_name="Friend", role="alumni_friend")
    make_account(first_name="Olga", last_name="Link", verified=False, verification="mail")
    shown = office.get(f"/admin/people{query}")
    assert names(shown) == expected
    assert shown.texts(".list-count") == [f"{len(expected)} {'person' if len(expected) == 1 else 'people'}"]


def test_each_filter_has_a_removable_chip(office: Page) -> None:
    shown = office.get("/admin/people?q=alina&standing=banned&role=alumni")
    assert shown.texts(".chip") == ["alina", "Banned", "Graduate"]
    assert shown.element(".chip")["href"] == "/admin/people?standing=banned&role=alumni"
    assert "Try fewer filters" in shown.text


def test_show_more_extends_the_list_without_gaps(office: Page) -> None:
    people = {make_account(last_name=f"Number{number}").name for number in range(25)}
    more = str(office.get("/admin/people").element(".pager a")["href"])
    assert people <= names(office.get(more))


def test_a_cursor_of_another_list_is_refused(office: Page) -> None:
    for _number in range(25):
        make_account()
    more = str(office.get("/admin/people").element(".pager a")["href"])
    office.get(f"{more}&standing=member", status=422)


def test_counting_stops_at_a_limit(office: Page, alina: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.admin.people.queries.COUNTED_MAX", 1)
    assert office.get("/admin/people").texts(".list-count") == ["More than 1 people"]


@pytest.mark.parametrize(("path", "most"), [("/admin/people", 9), ("/admin/people?q=demo&standing=member", 9)])
def test_the_statements_of_a_list_do_not_grow_with_it(app: PortalFlask, office: Page, path: str, most: int) -> None:
    for _number in range(15):
        make_account()
    with counting(app) as ran:
        office.client.get(path)
    assert 0 < len(ran) <= most, ran
