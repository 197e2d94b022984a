"""Texts of invisible characters count as empty."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.profiles.models import Profile
from tests.support.clients import Page

pytestmark = pytest.mark.slow

EDIT = "/settings/profile"
NAMES = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}
NOTHING = [chr(code) for code in (0x2800, 0x3164, 0x00AD, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2060, 0xFEFF, 0xFFA0)]
NOTHING += ["\u180b\u180c\u180d\u180e", "\u200b\u200c\u200d\u200e\u200f", "\ufe0f", "\U000e0041", " \u200b \u3164\n"]
FAMILY, HEART, FARSI = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u2764\ufe0f",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
)


def test_invisible_name_is_refused_at_its_field(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    for nothing in NOTHING:
        shown = page.post(EDIT, {**NAMES, "first_name": nothing, "last_name": nothing}, status=422)
        assert shown.texts("#first_name-error") == ["Enter your name."], ascii(nothing)


@pytest.mark.parametrize("joined", [FAMILY, HEART, FARSI])
def test_invisible_texts_become_null_and_joiners_stay(
    app: PortalFlask, page: Page, alina: Account, joined: str
) -> None:
    page.sign_in(alina)
    fields = ("biography", "programme", "work", "other_first_name", "telegram_alias")
    for nothing in NOTHING:
        page.post(EDIT, {**NAMES, **dict.fromkeys(fields, nothing)})
        assert texts(app, alina) == (None, None, None, None, None), ascii(nothing)
    page.post(EDIT, {**NAMES, "biography": joined, "work": joined})
    assert texts(app, alina) == (joined, None, joined, None, None)


def texts(app: PortalFlask, person: Account) -> tuple[str | None, ...]:
    with app.app_context():
        profile, account = db.session.get_one(Profile, person.id), db.session.get_one(Account, person.id)
        several = (profile.biography, profile.programme, profile.work)
        return (*several, account.other_first_name, profile.telegram_alias)
