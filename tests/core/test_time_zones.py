"""One list of time zones: what is no zone everywhere is refused, and an older name keeps its meaning."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.time_zones import known_zone, known_zones
from portal.extensions import db
from portal.web.i18n.selection import select_time_zone
from portal.web.i18n.time_zones import current_zone_name, zone_choices
from tests.factories import make_account, make_city, make_event
from tests.support.clients import Page

NO_ZONES = (
    "localtime",
    "posix/Europe/Berlin",
    "right/Europe/Berlin",
    "posixrules",
    "Factory",
    "Mars/Base",
    "../passwd",
)
OLDER = {
    "CET": "Europe/Brussels",
    "Etc/UTC": "UTC",
    "Zulu": "UTC",
    "Asia/Calcutta": "Asia/Kolkata",
    "W-SU": "Europe/Moscow",
}
INSTANTS = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7)]


@pytest.mark.parametrize("zone", [*NO_ZONES, "", "europe/berlin", "Europe/Berlin ", "x" * 300, "a\0"])
def test_what_is_no_zone_everywhere_is_not_known(zone: str) -> None:
    assert known_zone(zone) is None


@pytest.mark.parametrize("zone", [*OLDER, *OLDER.values(), "EST5EDT", "GMT", "Etc/GMT+5"])
def test_older_names_are_known(zone: str) -> None:
    assert known_zone(zone) == zone


@pytest.mark.parametrize(("older", "present"), OLDER.items())
def test_an_older_name_becomes_one_of_the_same_meaning(older: str, present: str) -> None:
    assert current_zone_name(older) == present
    for instant in INSTANTS:
        assert instant.astimezone(ZoneInfo(older)).utcoffset() == instant.astimezone(ZoneInfo(present)).utcoffset()


@pytest.mark.parametrize("zone", sorted(known_zones())[::7])
def test_no_form_shows_another_zone_in_place_of_the_present_one(app: PortalFlask, zone: str) -> None:
    with app.app_context():
        assert zone in [choice.value for choice in zone_choices(zone)]


@pytest.fixture
def kazan() -> City:
    return make_city("Kazan")


@pytest.mark.parametrize("zone", NO_ZONES[:5])
def test_a_stored_name_that_is_no_zone_breaks_no_page(page: Page, kazan: City, zone: str) -> None:
    person = make_account(time_zone=zone)
    event = make_event(person, city_id=kazan.id)
    mine = page.sign_in(person)
    own = f"/events/{event.id}"
    for path in ("/home", "/events", own, f"{own}/edit", "/events/new", "/settings/account"):
        mine.get(path)


@pytest.mark.parametrize("zone", ["localtime", "posix/Europe/Berlin", "Mars"])
def test_the_settings_refuse_what_is_no_zone(app: PortalFlask, page: Page, alina: Account, zone: str) -> None:
    page.sign_in(alina).post("/settings/account", {"locale": "", "theme": "", "time_zone": zone}, status=422)
    with app.app_context():
        assert db.session.scalar(sa.select(Account.time_zone).where(Account.id == alina.id)) is None


@pytest.mark.parametrize("zone", ["localtime", "posix/Europe/Berlin", "", "\u2603"])
def test_a_cookie_that_names_no_zone_is_ignored(app: PortalFlask, zone: str) -> None:
    cookie = f"portal-time-zone={zone.encode('ascii', 'replace').decode()}"
    with app.test_request_context(headers={"Cookie": cookie}):
        app.preprocess_request()
        assert select_time_zone() is None


@pytest.mark.parametrize("zone", ["CET", "Etc/UTC", "Etc/GMT+5"])
def test_the_form_of_an_event_opens_with_the_zone_of_the_account(page: Page, kazan: City, zone: str) -> None:
    shown = page.sign_in(make_account(time_zone=zone)).get("/events/new")
    selected = shown.soup.select_one("#time_zone option[selected]")
    assert selected is not None
    assert selected["value"] == zone


def test_an_online_event_keeps_an_older_zone(page: Page, kazan: City) -> None:
    person = make_account(time_zone="CET")
    event = make_event(person, is_online=True, time_zone="CET")
    shown = page.sign_in(person).get(f"/events/{event.id}/edit")
    assert [each["value"] for each in shown.soup.select("#time_zone option[selected]")] == ["CET"]
