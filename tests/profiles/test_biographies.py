"""Texts that people write about themselves, from the form to their page."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.profiles.models import BIOGRAPHY_MAX, Profile
from tests.factories import make_account
from tests.support.clients import Page

EDIT = "/settings/profile"
NAMES = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}
OVERRIDE, ISOLATE, END = "\u202e", "\u2067", "\u2069"


def test_external_links_have_no_referrer_and_no_opener(page: Page, bob: Account) -> None:
    ada = make_account(profile={"biography": "My work: www.ada.dev, not javascript:alert(1)\n<b>bold</b>"})
    shown = page.sign_in(bob).get(f"/people/{ada.id}")
    (link,) = shown.soup.select(".prose a")
    assert (link["href"], link["rel"]) == ("http://www.ada.dev", ["nofollow", "ugc", "noopener", "noreferrer"])
    assert shown.texts(".prose") == ["My work: www.ada.dev, not javascript:alert(1)<b>bold</b>"]


def test_text_of_another_direction_is_isolated(page: Page, bob: Account) -> None:
    turned = f"{ISOLATE}{OVERRIDE}abc"
    ada = make_account(profile={"biography": turned, "work": turned, "programme": turned})
    shown = page.sign_in(bob).get(f"/people/{ada.id}")
    assert shown.texts('.prose p[dir="auto"]') == [f"{ISOLATE}abc{END}"]
    assert shown.texts("main bdi").count(turned) == 2


def test_invisible_marks_are_removed_from_names_and_lines(app: PortalFlask, page: Page, alina: Account) -> None:
    page.sign_in(alina).post(EDIT, {**NAMES, "first_name": f"{ISOLATE}Alina", "work": f"{END}Engineer\u200f"})
    with app.app_context():
        assert db.session.get_one(Account, alina.id).first_name == "Alina"
        assert db.session.get_one(Profile, alina.id).work == "Engineer"


@pytest.mark.parametrize(("language", "said"), [("en", "at most 2000 characters"), ("ru", "не больше 2000")])
def test_too_long_biography_is_refused_and_kept_in_the_form(
    page: Page, alina: Account, language: str, said: str
) -> None:
    page.client.set_cookie("portal-locale", language)
    text = "🦉" * 10_000
    shown = page.sign_in(alina).post(EDIT, {**NAMES, "work": "Kept", "biography": text}, status=422)
    assert said in shown.texts("#biography-error")[0]
    assert shown.texts("#biography") == [text]
    assert shown.soup.select("#work[value=Kept]")
    assert not shown.soup.select("#biography[maxlength]")


def test_biography_of_the_full_length_is_shown(page: Page, alina: Account) -> None:
    text = "🦉" * BIOGRAPHY_MAX
    page.sign_in(alina).post(EDIT, {**NAMES, "biography": f" {text}\r\n\r\n"})
    assert page.get("/people/me").texts(".prose") == [text]
