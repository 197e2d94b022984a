"""How dates, times, money and numbers read, in English and in Russian."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask_babel import force_locale, ngettext

from portal.application import PortalFlask
from portal.web.templating import filters
from tests.conftest import Clock

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class City:
    name: str
    name_ru: str | None = None


@dataclass
class Event:
    starts_at: datetime = datetime(2026, 12, 5, 15, 0, tzinfo=UTC)
    starts_local: datetime = datetime(2026, 12, 5, 18, 0)  # noqa: DTZ001 - the wall clock of the place
    time_zone: str = "Europe/Moscow"
    city: City | None = None


KAZAN = City("Kazan", "Казань")


@contextmanager
def reading(app: PortalFlask, locale: str) -> Iterator[None]:
    with app.app_context(), force_locale(locale):
        yield


@pytest.fixture
def english(app: PortalFlask, clock: Clock) -> Iterator[None]:
    clock.set(NOW)
    with reading(app, "en"):
        yield


@pytest.fixture
def russian(app: PortalFlask, clock: Clock) -> Iterator[None]:
    clock.set(NOW)
    with reading(app, "ru"):
        yield


def test_a_day_in_english(english: None) -> None:
    assert filters.day(date(2026, 12, 5)) == "Sat 5 Dec"


def test_a_day_in_russian(russian: None) -> None:
    assert filters.day(date(2026, 12, 5)) == "сб, 5 декабря"


def test_a_day_of_another_year_names_it(english: None) -> None:
    assert filters.day(date(2027, 1, 9)) == "Sat 9 Jan 2027"


def test_the_parts_of_a_date_block_carry_no_dots(russian: None) -> None:
    assert filters.date_parts(date(2026, 12, 5)) == {"weekday": "сб", "day": "5", "month": "дек"}


def test_an_event_shows_its_local_time_first_and_the_viewers_second(english: None) -> None:
    shown = filters.event_time(Event(city=KAZAN), "Europe/Berlin")
    assert shown.striptags() == "Sat 5 Dec, 18:00 in Kazan · 16:00 for you"


def test_an_event_in_russian(russian: None) -> None:
    shown = filters.event_time(Event(city=KAZAN), "Europe/Berlin")
    assert shown.striptags() == "сб, 5 декабря, 18:00, Казань · у вас 16:00"


def test_the_viewers_day_is_named_if_it_differs(english: None) -> None:
    assert filters.time_for_viewer(Event(), "Pacific/Auckland") == "Sun 6 Dec, 04:00 for you"


def test_a_viewer_in_the_same_zone_sees_one_time(english: None) -> None:
    assert filters.time_for_viewer(Event(), "Europe/Moscow") == ""


def test_a_viewer_of_unknown_zone_sees_one_time(english: None) -> None:
    assert filters.time_for_viewer(Event()) == ""


def test_an_online_event_names_its_time_zone(english: None) -> None:
    assert filters.time_at_place(Event()) == "18:00 Moscow time"


def test_an_online_event_names_its_time_zone_in_russian(russian: None) -> None:
    assert filters.time_at_place(Event()) == "18:00, время: Москва"


def test_the_name_of_a_city_is_escaped_in_a_time(english: None) -> None:
    assert "<b>" not in filters.event_time(Event(city=City("<b>Kazan</b>")))


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(hours=-3), "in 3 hours"),
    ],
)
def test_relative_time(english: None, passed: Any, expected: str) -> None:
    assert filters.relative_time(NOW - passed) == expected


def test_relative_time_in_russian(russian: None) -> None:
    assert filters.relative_time(NOW - timedelta(days=21)) == "3 недели назад"


@pytest.mark.parametrize(
    ("cost", "currency", "locale", "expected"),
    [
        (50_000, "RUB", "en", "500\u00a0₽"),
        (50_000, "RUB", "ru", "500\u00a0₽"),
        (1_250, "EUR", "en", "€12.50"),
        (1_250, "EUR", "ru", "12,50\u00a0€"),
        (500, "JPY", "en", "500\u00a0JPY"),
        (0, "RUB", "en", "free"),
        (0, "RUB", "ru", "бесплатно"),
        (123_456_700, "RUB", "en", "1,234,567\u00a0₽"),
    ],
)
def test_money(app: PortalFlask, cost: int, currency: str, locale: str, expected: str) -> None:
    with reading(app, locale):
        assert filters.money(cost, currency) == expected


def test_counts_group_their_digits(app: PortalFlask) -> None:
    with reading(app, "en"):
        assert filters.count(1412) == "1,412"
    with reading(app, "ru"):
        assert filters.count(1412) == "1\u00a0412"


def test_a_city_is_named_in_the_language_of_the_request(russian: None) -> None:
    assert (filters.city_name(KAZAN), filters.city_name(City("Ulm"))) == ("Казань", "Ulm")


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "1 участник"), (2, "2 участника"), (5, "5 участников"), (21, "21 участник")]
)
def test_russian_plurals(russian: None, number: int, expected: str) -> None:
    assert ngettext("%(num)s going", "%(num)s going", number) == expected


def test_attributes_are_escaped_and_hyphenated() -> None:
    written = filters.attributes({"hx_get": '/x?a="b"', "disabled": True, "title": None, "class_": "wide"})
    assert written == ' hx-get="/x?a=&#34;b&#34;" disabled class="wide"'


def test_the_same_id_draws_the_same_cover() -> None:
    one, other = uuid.UUID(int=1), uuid.UUID(int=2)
    assert filters.cover_circles(one) == filters.cover_circles(one) != filters.cover_circles(other)
