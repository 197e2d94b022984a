"""Names that only the alumni office may have, in every place where a name is set."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.accounts.reserved_names import is_reserved
from portal.application import PortalFlask
from portal.core.actor import system_actor
from portal.settings import services as settings
from portal.settings.institution import INSTITUTION_NAME
from tests.accounts.people import REGISTRATION, decide
from tests.accounts.sent_messages import sent_messages
from tests.support.clients import Api, Page

OFFICES = [
    "Alumni Office",
    "Office Alumni",
    "ALUMNI OFFICE",
    "alumni-office",
    "AlumniOffice",
    "The Alumni Office",
    "Office of the Alumni",
    "Alumni Relations",
    "Department of Alumni Relations",
    "Ассоциация выпускников",
    "Alumni Office Anna",
    "A l u m n i O f f i c e",
    "Аlumni Оffice",  # Cyrillic А and О
    "ΑLUΜΝΙ ΟFFΙCΕ",  # Greek capitals
    "Alumпi Оffiсе",
    "Aluмni Оffісe",
    "𝐀𝐥𝐮𝐦𝐧𝐢 𝐎𝐟𝐟𝐢𝐜𝐞",
    "Ａｌｕｍｎｉ　Ｏｆｆｉｃｅ",
    "ᴀʟᴜᴍɴɪ ᴏꜰꜰɪᴄᴇ",
    "Alumnı Offıce",
    "A1umni 0ffice",
    "Alumn! Off|ce",
    "Alurnni Office",
    "Álúmñi Öffíçé",
    "Alu\u200bmni Off\u00adice",
    "Alumni\u2060 \ufeffOffice",
    "Alumnii Offfice",
    "Alumni Support",
    "Alumni Team",
    "Portal Administrator",
    "Admin Admin",
    "Support Team",
    "Demo University",
    "Demo University Office",
    "University Moderator",
    "Отдел по работе с выпускниками",
    "ОТДЕЛ ПО РАБОТЕ С ВЫПУСКНИКАМИ",
    "Oтдел пo рaботе с выпyскниками",  # Latin o, a and y
    "Отделпоработесвыпускниками",
    "Отдел выпускников",
    "Выпускников Отдел",
    "О т д е л выпускников",
    "Отдел по\u200bработе с выпускниками",
    "Служба поддержки",
    "Поддержка портала",
    "Администрация университета",
    "Администратор портала",
    "Модератор портала",
    "Команда выпускников",
    "Otdel po rabote s vypusknikami",
    "Алумни Офис",
]
PEOPLE = [
    "Alina Demo",
    "Robert Service",
    "John Office",
    "Anna Staff",
    "Ivan Komandin",
    "Олег Отделкин",
    "Виктор Служба",
    "Ольга Выпускникова",
    "Мария Офицерова",
    "Albert Alumyan",
    "Tomas Offermann",
    "Ада Админова",
    "Sally Supportova",
    "Olimpia Teamer",
    "Ли",
    "Ng",
    "ما",
    "李 小龍",
    "Jean-Luc Portalier",
    "Demo Person",
    "Иннокентий Университетский",
    "Moderata Fonte",
    "Сергей Портнов",
    "María de la Cruz",
]


@pytest.mark.parametrize("name", OFFICES)
def test_the_offices_own_names_are_found_however_they_are_written(app: PortalFlask, name: str) -> None:
    with app.app_context():
        assert is_reserved(name)
        assert is_reserved(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize("name", PEOPLE)
def test_names_of_people_are_not(app: PortalFlask, name: str) -> None:
    with app.app_context():
        assert not is_reserved(name)


def test_the_name_of_the_institution_counts_as_the_office_has_set_it(app: PortalFlask, adam: Account) -> None:
    with app.app_context():
        assert not is_reserved("Innograd Support")
    decide(app, settings.change, system_actor(), INSTITUTION_NAME, "Innograd College")
    with app.app_context():
        assert is_reserved("Innograd Support")
        assert is_reserved("Команда Иннoград")


SPLITS = [("Alumni", "Office"), ("Оffice", "Аlumni"), ("Alu", "mni 0ffice"), ("Отдел", "выпускников")]


@pytest.mark.parametrize(("first", "last"), SPLITS)
def test_nobody_registers_with_such_a_name(app: PortalFlask, api: Api, page: Page, first: str, last: str) -> None:
    body = {**REGISTRATION, "first_name": first, "last_name": last}
    answer = api.post("/api/v1/auth/register", json={**body, "telegram_alias": None}, status=422)
    assert (answer["code"], answer["errors"][0]["field"]) == ("reserved_name", "first_name")
    shown = page.post("/register", body, status=422, headers={"Accept-Language": "ru"})
    assert "только у отдела" in shown.text
    assert shown.element("input[name=email]")["value"] == REGISTRATION["email"]
    assert sent_messages(app, REGISTRATION["email"]) == []


@pytest.mark.parametrize(("first", "last"), SPLITS)
def test_nobody_takes_such_a_name_afterwards(api: Api, alina: Account, first: str, last: str) -> None:
    api.sign_in(alina)
    own = api.get("/api/v1/profile/me")
    refused = api.put("/api/v1/profile/me", json={**own, "first_name": first, "last_name": last}, status=422)
    assert refused["code"] == "reserved_name"
    assert api.get("/api/v1/profile/me")["first_name"] == "Alina"


@pytest.mark.parametrize("fields", [("other_first_name", "other_last_name"), ("first_name", "last_name")])
def test_the_profile_page_refuses_it_in_every_spelling(page: Page, alina: Account, fields: tuple[str, str]) -> None:
    page.sign_in(alina)
    form = page.get("/settings/profile")
    values: dict[str, Any] = {
        str(field["name"]): field.get("value", "")
        for field in form.soup.select("main form input[name]")
        if field.get("type") not in {"file", "checkbox", "radio", "submit"} and field["name"] != "csrf_token"
    }
    shown = page.post("/settings/profile", {**values, fields[0]: "Аlumni", fields[1]: "Оffice"}, status=422)
    assert "Only the alumni office can have this name" in shown.text


def test_the_office_itself_may_be_called_so(api: Api, adam: Account) -> None:
    api.sign_in(adam)
    own = api.get("/api/v1/profile/me")
    api.put("/api/v1/profile/me", json={**own, "first_name": "Alumni", "last_name": "Office"})
