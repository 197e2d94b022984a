"""The office's search of people: as members search, and by email, for accounts of any status."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.directory import queries as directory
from portal.directory.conditions import search_context
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.permissions.catalogue import ADMINISTRATORS
from tests.factories import make_account
from tests.support.clients import Api, Page

USERS = "/api/v1/admin/users"
IVAN, JULIA, KATE, WAITING, BANNED = "Ivan Petrov", "Юлия Щербакова", "Екатерина Котова", "Oleg Wait", "Max Gone"


@pytest.fixture
def people(app: PortalFlask, adam: Account) -> None:
    make_account("ivan.p@mail.example", first_name="Ivan", last_name="Petrov")
    make_account("jul_1990@mail.example", first_name="Юлия", last_name="Щербакова")
    make_account("kk@school.example", first_name="Екатерина", last_name="Котова")
    make_account("oleg@mail.example", first_name="Oleg", last_name="Wait", verified=False)
    make_account("max@mail.example", first_name="Max", last_name="Gone", banned=True)


SEARCHES = {
    "exact": ("Petrov", {IVAN}),
    "typing error": ("Ptrov", {IVAN}),
    "swapped letters": ("Pertov", {IVAN}),
    "Cyrillic for Latin": ("Иван Петров", {IVAN}),
    "Latin for Cyrillic": ("Shcherbakova", {JULIA}),
    "other Latin spelling": ("Julia Scherbakova", {JULIA}),
    "typing error in another script": ("Щербкова", {JULIA}),
    "swapped order": ("petrov ivan", {IVAN}),
    "beginning of words": ("iv pet", {IVAN}),
    "short form": ("Катя", {KATE}),
    "short form in another script": ("Kate Kotova", {KATE}),
    "whole email": ("ivan.p@mail.example", {IVAN}),
    "part of an email": ("school.ex", {KATE}),
    "email in capitals": ("JUL_1990", {JULIA}),
    "name and part of an email": ("юлия mail", {JULIA}),
    "unverified": ("oleg", {WAITING}),
    "banned, with a typing error": ("Gonee", {BANNED}),
    "two people": ("ivan shcherbakova", set()),
    "signs": ("%", set()),
    "underscore of an email": ("l_1", {JULIA}),
    "nobody": ("Xylophon", set()),
}


@pytest.mark.parametrize(("text", "found"), SEARCHES.values(), ids=SEARCHES)
def test_page_and_json_find_the_same_people(
    page: Page, api: Api, adam: Account, people: None, text: str, found: set[str]
) -> None:
    shown = page.sign_in(adam).get("/admin/people", query_string={"q": text})
    assert set(shown.texts("#people-list > .rows .row-title")) == found
    items = api.sign_in(adam).get(USERS, query_string={"search": text})["items"]
    assert {f"{item['first_name']} {item['last_name']}" for item in items} == found


@pytest.mark.parametrize(
    "text", ["Petrov", "Ptrov", "Pertov", "petrov ivan", "Shcherbakova", "Щербкова", "Катя", "iv pet"]
)
def test_the_office_finds_whom_members_find(
    app: PortalFlask, page: Page, adam: Account, alina: Account, people: None, text: str
) -> None:
    people_filter = PeopleFilter.from_query_args({"q": text})
    with app.app_context():
        member = Actor(Channel.PAGE, account_id=alina.id, role="alumni")
        context = search_context(member, people_filter)
        by_member = directory.people_until(member, people_filter, context, until=None).people.items
    by_office = page.sign_in(adam).get("/admin/people", query_string={"q": text}).texts("#people-list .row-title")
    assert {person.name for person in by_member} == set(by_office)


def test_a_part_of_an_email_is_no_misspelled_name(page: Page, adam: Account) -> None:
    make_account("chor@mail.example", first_name="Nina", last_name="Demo")
    make_account(first_name="Shora", last_name="Thor")
    shown = page.sign_in(adam).get("/admin/people?q=hor@mail")
    assert shown.texts("#people-list .row-title") == ["Nina Demo"]


def test_members_do_not_search_emails(page: Page, alina: Account, people: None) -> None:
    assert page.sign_in(alina).get("/people?q=school.ex").texts("#people-list .row-title bdi") == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Evan Pitrov", IVAN),
        ("Petorv Ivn", IVAN),
        ("Iulya Cherbakova", JULIA),
        ("Кетя Котва", KATE),
        ("Oelg Wiat", WAITING),
        ("Mex Goen", BANNED),
    ],
)
def test_person_is_found_or_offered_despite_two_mistakes(
    page: Page, adam: Account, people: None, text: str, first: str
) -> None:
    shown = page.sign_in(adam).get("/admin/people", query_string={"q": text})
    assert shown.texts("#people-list .row-title")[0] == first


def test_it_is_recorded_whom_the_office_saw_among_the_nearest_names(committed: PortalFlask) -> None:
    office = make_account(groups=(ADMINISTRATORS,))
    person = make_account(first_name="Rupert", last_name="Quillington")
    shown = Page(committed).sign_in(office).get("/admin/people", query_string={"q": "Rpuert Killintgon"})
    assert shown.texts(".nearest .row-title") == [person.name]
    with committed.app_context():
        (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.actor_id == office.id))
        assert entry.details["about"] == [str(person.id)]


@pytest.mark.parametrize("text", ["Xylophon", "evan.pitrov@mail.example", "%"])
def test_nobody_is_offered_for_what_is_no_name(page: Page, adam: Account, people: None, text: str) -> None:
    shown = page.sign_in(adam).get("/admin/people", query_string={"q": text})
    assert shown.soup.select(".nearest") == []
