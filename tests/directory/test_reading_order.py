"""Lists of people are in the order of the viewer's alphabet, on every page of them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.alphabets import sort_key
from portal.extensions import db
from tests.factories import make_account
from tests.support.clients import Page

SURNAMES = ["Чехов", "Давыдов", "Ёлкин", "Емелин", "Елагин", "Яшин", "Abel", "Żak", "Zorn", "Østby"]
IN_ORDER = {
    "ru": ["Давыдов", "Елагин", "Ёлкин", "Емелин", "Чехов", "Яшин", "Abel", "Østby", "Żak", "Zorn"],
    "en": ["Abel", "Østby", "Żak", "Zorn", "Давыдов", "Елагин", "Ёлкин", "Емелин", "Чехов", "Яшин"],
}


@pytest.fixture
def mine(page: Page) -> Page:
    for surname in SURNAMES:
        make_account(first_name="Zoe", last_name=surname)
    return page.sign_in(make_account(first_name="Zoe", last_name="Ёлкин"))


def surnames(shown: Any) -> list[str]:
    return [name.removeprefix("Zoe ") for name in shown.texts("#people-list .row-title bdi")]


@pytest.mark.parametrize("language", IN_ORDER)
@pytest.mark.parametrize("query", ["", "q=Zoe"])
def test_people_are_in_the_order_of_the_viewers_alphabet(mine: Page, language: str, query: str) -> None:
    shown = surnames(mine.get(f"/people?{query}", headers={"Accept-Language": language}))
    assert list(dict.fromkeys(shown)) == IN_ORDER[language]


@pytest.mark.parametrize("language", IN_ORDER)
def test_pages_have_everybody_once(page: Page, language: str) -> None:
    surnames_of_many = [f"{surname} {number:02}" for surname in SURNAMES for number in range(5)]
    for surname in surnames_of_many:
        make_account(first_name="Zoe", last_name=surname)
    viewer = page.sign_in(make_account(first_name="Zoe", last_name="Яя"))
    path, seen = "/people", []
    while path:
        shown = viewer.get(path, headers={"Accept-Language": language, "HX-Request": "true"})
        seen += [row for row in surnames(shown) if row not in seen]
        further = shown.soup.select_one("[href*='until=']")
        path = str(further["href"]) if further else ""
    expected = sorted([*surnames_of_many, "Яя"], key=lambda name: sort_key(f"{name} Zoe", language))
    assert seen == expected


def test_the_keys_follow_a_new_name(app: PortalFlask) -> None:
    account = make_account(first_name="Zoe", last_name="Ёлкин")
    with app.app_context():
        stored = db.session.get_one(Account, account.id)
        stored.last_name = "Abel"
        db.session.commit()
        keys = db.session.execute(
            sa.select(Account.sort_name, Account.sort_name_ru).where(Account.id == account.id)
        ).one()
    assert tuple(keys) == (sort_key("Abel Zoe", "en"), sort_key("Abel Zoe", "ru"))


@pytest.mark.parametrize(("column", "language"), [("sort_name", "en"), ("sort_name_ru", "ru")])
def test_the_database_compares_keys_as_python_does(app: PortalFlask, mine: Page, column: str, language: str) -> None:
    with app.app_context():
        rows = db.session.execute(sa.select(Account.last_name, Account.first_name).order_by(sa.text(f"{column}, id")))
        names = [f"{last} {first}" for last, first in rows]
    assert names == sorted(names, key=lambda name: sort_key(name, language))
