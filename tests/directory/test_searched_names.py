"""The searched text follows the names, in any spelling; a name may have a second spelling."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.models import NAME_MAX, Account
from portal.accounts.names import sort_name, words
from portal.application import PortalFlask
from portal.extensions import db
from tests.accounts.people import REGISTRATION
from tests.factories import make_account
from tests.support.clients import Api, Page

NAMES = (REGISTRATION["first_name"], REGISTRATION["last_name"])
EDIT = "/settings/profile"
FORM = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def searched(app: PortalFlask, email: str) -> tuple[str, str]:
    with app.app_context():
        row = db.session.execute(sa.select(Account.search, Account.sort_name).where(Account.email == email)).one()
        return row.search, row.sort_name


def names_at(app: PortalFlask, account: Account) -> tuple[str | None, str | None]:
    with app.app_context():
        row = db.session.get_one(Account, account.id)
        return row.other_first_name, row.other_last_name


def found(mine: Page, text: str) -> list[str]:
    return mine.get("/people", query_string={"q": text}).texts("#people-list .row-title bdi")


def test_name_of_a_registration_is_searchable(app: PortalFlask, api: Api) -> None:
    api.post("/api/v1/auth/register", json=REGISTRATION, status=201)
    assert searched(app, REGISTRATION["email"]) == ("|kamila|muler|los|", sort_name(*NAMES))


def test_new_name_is_searchable_and_the_old_one_is_not(app: PortalFlask, mine: Page, api: Api, alina: Account) -> None:
    mine.post(EDIT, {**FORM, "last_name": "Щербакова"})
    assert searched(app, alina.email) == ("|alina|sherbakova|", sort_name("Alina", "Щербакова"))
    assert (found(mine, "Scherbakova"), found(mine, "Demo")) == (["Alina Щербакова"], [])
    api.sign_in(alina).put("/api/v1/profile/me", json={"first_name": "Ксения"})
    assert found(mine, "Xenia") == ["Ксения Щербакова"]


def test_other_changes_keep_the_search_text(app: PortalFlask, mine: Page, alina: Account) -> None:
    with app.app_context():
        db.session.execute(sa.update(Account).where(Account.id == alina.id).values(search="|kept|"))
        db.session.commit()
    mine.post(EDIT, {**FORM, "work": "Compilers"})
    assert searched(app, alina.email)[0] == "|kept|"


def test_both_spellings_of_a_name_are_found_and_shown(app: PortalFlask, mine: Page, alina: Account) -> None:
    assert mine.post(EDIT, {**FORM, "other_first_name": " 阿丽娜 ", "other_last_name": ""}).location == "/people/me"
    assert names_at(app, alina) == ("阿丽娜", None)
    assert "阿丽娜 Demo" in mine.get("/people/me").text
    assert found(mine, "阿丽娜") == found(mine, "Alina Demo") == ["Alina Demo"]
    opened = mine.get(EDIT).soup.select_one("[name=other_first_name]")
    assert opened["value"] == "阿丽娜"  # type: ignore[index]  # the form has it


def test_second_spelling_survives_the_app_and_can_be_removed(
    app: PortalFlask, mine: Page, api: Api, alina: Account
) -> None:
    mine.post(EDIT, {**FORM, "other_first_name": "Алина", "other_last_name": "Пример"})
    api.sign_in(alina)
    api.put("/api/v1/profile/me", json=api.get("/api/v1/profile/me"))
    assert names_at(app, alina) == ("Алина", "Пример")
    mine.post(EDIT, {**FORM, "other_first_name": "", "other_last_name": " "})
    assert names_at(app, alina) == (None, None)
    assert found(mine, "Пример") == []


@pytest.mark.parametrize("name", ["123", "—", "x" * (NAME_MAX + 1)])
def test_second_spelling_follows_the_rules_of_names(app: PortalFlask, mine: Page, alina: Account, name: str) -> None:
    shown = mine.post(EDIT, {**FORM, "other_last_name": name}, status=422)
    assert shown.texts("#field-other_last_name .field-error, .field-error")
    assert names_at(app, alina) == (None, None)


def test_name_is_searchable_however_its_row_is_made(app: PortalFlask) -> None:
    account = make_account(first_name="Łukasz", last_name="Wójcik")
    assert searched(app, account.email) == ("|lukasz|voicik|", sort_name("Łukasz", "Wójcik"))


@pytest.mark.parametrize(
    ("spellings"),
    [
        ("Щербакова", "Shcherbakova", "Scherbakova", "Sherbakova"),
        ("Юлия", "Yulia", "Julia", "Iuliia", "Yuliya"),
        ("Müller", "Mueller", "muller", "MULLER"),
        ("Соловьёв", "Solovyov", "Solovyev", "Soloviev", "Solovev"),
        ("Петров", "Petrov", "Petroff", "Petrof", "Petrow"),
        ("Żółć", "Zolc", "żółć"),
        ("O’Neill", "O'Neill", "Oneil"),
    ],
)
def test_usual_spellings_of_a_name_are_equal(spellings: tuple[str, ...]) -> None:
    assert len({words(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("Иван", "Иванова"), ("Анна", "Ян"), ("Müller", "Miller"), ("Ли", "Лин")])
def test_different_names_stay_different(one: str, other: Any) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(("former", "typed"), [("Волкова", "volkova"), ("Müller", "мюллер"), ("Wolf-Ёж", "еж")])
def test_a_former_name_finds_the_person_and_is_shown_to_nobody(
    app: PortalFlask, mine: Page, alina: Account, former: str, typed: str
) -> None:
    assert mine.post(EDIT, {**FORM, "former_last_name": former}).location == "/people/me"
    assert f'value="{former}"' in str(mine.get(EDIT).soup.select_one("[name=former_last_name]"))
    assert former not in mine.get("/people/me").text
    other = Page(app).sign_in(make_account(first_name="Bob", last_name="Other"))
    assert found(other, typed) == ["Alina Demo"]
    for path in (f"/people/{alina.id}", f"/people?q={typed}", "/people"):
        assert former not in other.get(path).text.replace(f"“{typed}”", "")
    mine.post(EDIT, {**FORM, "former_last_name": ""})
    assert found(other, typed) == []


def test_a_former_name_survives_the_app(mine: Page, api: Api, app: PortalFlask, alina: Account) -> None:
    mine.post(EDIT, {**FORM, "former_last_name": "Волкова"})
    answer = api.sign_in(alina).get("/api/v1/profile/me")
    assert "Волкова" not in str(answer)
    api.put("/api/v1/profile/me", json=answer)
    assert found(mine, "Волкова") == ["Alina Demo"]


@pytest.mark.parametrize("name", ["123", "—", "x" * (NAME_MAX + 1)])
def test_a_former_name_follows_the_rules_of_names(mine: Page, name: str) -> None:
    shown = mine.post(EDIT, {**FORM, "former_last_name": name}, status=422)
    assert shown.texts("#former_last_name-error")
