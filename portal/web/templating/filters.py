"""Template filters for dates, times, money and numbers in the language of the request.

An event always shows the local time of its own place first; the viewer's follows if the two differ.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel import numbers
from babel.dates import format_date, format_timedelta, get_timezone_location
from flask import Flask
from flask_babel import get_timezone, gettext
from markupsafe import Markup, escape

from portal.core.clock import now
from portal.core.money import digits_of, from_minor_units
from portal.web.i18n.selection import language, select_time_zone
from portal.web.templating.rich_text import paragraphs

NARROW_SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "TRY": "₺", "GEL": "₾", "AMD": "֏"}
PREFIXED = frozenset({"USD", "EUR", "GBP"})
NBSP = "\u00a0"
DAY_PATTERNS = {"en": "EEE d MMM", "ru": "EEE, d MMMM"}
JUST_NOW = timedelta(seconds=45)


class HasCityName(Protocol):
    """A city, of which the filters need the names."""

    @property
    def name(self) -> str:
        """The city's name in its own or the English spelling."""


class HasEventTimes(Protocol):
    """An event, of which the filters need the times and the city."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def starts_local(self) -> datetime: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def city(self) -> HasCityName | None: ...


def viewer_time_zone() -> tzinfo:
    """Return the viewer's time zone, or UTC as long as neither the account nor the browser names one."""
    return get_timezone() or UTC


def in_viewer_zone(value: date) -> date:
    """Return an instant in the viewer's time zone; a date or a local time is returned as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(viewer_time_zone())
    return value


def day(value: date) -> str:
    """Return the day as ``Sat 6 Dec``, for an instant in the viewer's time zone.

    The year follows if it is not the current one.
    """
    local = in_viewer_zone(value)
    is_this_year = local.year == now().astimezone(viewer_time_zone()).year
    return _day(local.year, local.month, local.day, language(), with_year=not is_this_year)


@lru_cache(maxsize=1024)
def _day(year: int, month: int, day: int, locale: str, *, with_year: bool) -> str:
    pattern = DAY_PATTERNS[locale] + (" y" if with_year else "")
    return format_date(date(year, month, day), pattern, locale=locale)


def clock_time(value: datetime) -> str:
    """Return the time as ``18:00``, for an instant in the viewer's time zone; both languages write it alike."""
    return f"{in_viewer_zone(value):%H:%M}"


def moment(value: datetime) -> str:
    """Return day and time as ``Sat 6 Dec, 18:00``, for an instant in the viewer's time zone.

    If that zone is unknown, an instant is followed by ``UTC``.
    """
    is_guess = value.tzinfo is not None and select_time_zone() is None
    return f"{day(value)}, {clock_time(value)}{' UTC' if is_guess else ''}"


def date_parts(value: date) -> Mapping[str, str]:
    """Return the lines of a date block in the language of the request, by name: ``weekday``, ``day``, ``month``."""
    local = in_viewer_zone(value)
    return _date_parts(local.year, local.month, local.day, language())


@lru_cache(maxsize=512)
def _date_parts(year: int, month: int, day: int, locale: str) -> Mapping[str, str]:
    patterns = {"weekday": "EEE", "day": "d", "month": "LLL"}
    value = date(year, month, day)
    return {part: format_date(value, pattern, locale=locale).rstrip(".") for part, pattern in patterns.items()}


def time_at_place(event: HasEventTimes) -> str:
    """Return the event's local time as ``18:00 in Kazan``, or ``18:00 Moscow time`` for an event without a city."""
    clock = clock_time(event.starts_local)
    if event.city is not None:
        return gettext("%(time)s in %(city)s", time=clock, city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return gettext("%(time)s %(place)s time", time=clock, place=place)


def time_for_viewer(event: HasEventTimes, viewer_zone: str | None = None) -> str:
    """Return the time of an event for its viewer as ``16:00 for you``, with the day if it differs from the local one.

    It is empty if the viewer's time is that of the event's place or their time zone is unknown. ``viewer_zone``
    replaces the zone of the request.
    """
    zone = viewer_zone or select_time_zone()
    if zone is None:
        return ""
    viewer_time = event.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if viewer_time == event.starts_local:
        return ""
    same_day = viewer_time.date() == event.starts_local.date()
    return gettext("%(time)s for you", time=clock_time(viewer_time) if same_day else moment(viewer_time))


def _timed(event: HasEventTimes, local: str, viewer_zone: str | None) -> Markup:
    stamp = event.starts_at.astimezone(UTC).isoformat()
    for_viewer = time_for_viewer(event, viewer_zone)
    theirs = f' <span class="theirs">· {escape(for_viewer)}</span>' if for_viewer else ""
    return Markup(f'<time datetime="{stamp}">{escape(local)}</time>{theirs}')  # noqa: S704 - what is not ours is escaped


def event_time(event: HasEventTimes, viewer_zone: str | None = None) -> Markup:
    """Return day and time of an event as HTML: ``Sat 6 Dec, 18:00 in Kazan · 16:00 for you``.

    The viewer's time is there only if it differs; ``viewer_zone`` replaces the zone of the request.
    """
    return _timed(event, f"{day(event.starts_local)}, {time_at_place(event)}", viewer_zone)


def event_clock(event: HasEventTimes, viewer_zone: str | None = None) -> Markup:
    """Return the time of an event as HTML, without the day: ``18:00 in Kazan · 16:00 for you``.

    The viewer's time is there only if it differs; ``viewer_zone`` replaces the zone of the request.
    """
    return _timed(event, time_at_place(event), viewer_zone)


def relative_time(instant: datetime) -> str:
    """Return the distance of an instant from now as ``2 days ago``, ``in 3 hours`` or ``just now``."""
    passed = now() - instant
    if abs(passed) < JUST_NOW:
        return gettext("just now")
    return format_timedelta(-passed, add_direction=True, locale=language())


def money(cost: int, currency: str) -> str:
    """Return ``cost``, in minor units of an ISO 4217 ``currency``, as ``500 ₽``, ``€12.50`` or ``free``."""
    return gettext("free") if cost == 0 else _money(cost, currency, language())


@lru_cache(maxsize=1024)
def _money(cost: int, currency: str, locale: str) -> str:
    digits, amount = digits_of(currency), from_minor_units(cost, currency)
    whole = amount == amount.to_integral_value()
    number = numbers.format_decimal(amount, "#,##0" if whole else f"#,##0.{'0' * digits}", locale=locale)
    symbol = NARROW_SYMBOLS.get(currency, currency)
    return f"{symbol}{number}" if currency in PREFIXED and locale == "en" else f"{number}{NBSP}{symbol}"


def count(value: int) -> str:
    """Return a number with grouped digits, as the language of the request writes it: ``1,412`` or ``1 412``."""
    return _grouped(value, language())


@lru_cache(maxsize=4096)
def _grouped(value: int, locale: str) -> str:
    return numbers.format_decimal(value, locale=locale)


def city_name(city: Any) -> str:
    """Return the city's Russian name if the request is in Russian and it has one, else its ``name``."""
    russian = getattr(city, "name_ru", None)
    return str(russian if language() == "ru" and russian else city.name)


def hyphenated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dictionary with HTML attribute names as keys: ``hx_get`` becomes ``hx-get``, ``class_`` ``class``."""
    return {name.rstrip("_").replace("_", "-"): value for name, value in values.items()}


def attributes(values: Mapping[str, Any]) -> Markup:
    """Return HTML attributes from keyword arguments, each after a blank: ``hx_get="/"`` becomes `` hx-get="/"``.

    ``None`` and ``False`` omit an attribute, ``True`` leaves out its value.
    """
    written = (
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in hyphenated(values).items()
        if value is not None and value is not False
    )
    return Markup("".join(written))  # noqa: S704 - names and values are escaped


def cover_circles(seed: uuid.UUID | str) -> list[dict[str, int]]:
    """Return the seven circles of the drawing in place of a missing cover, which depend only on ``seed``.

    Each has its centre ``x``, ``y`` and its radius ``r`` in a drawing of 640 by 360.
    """
    source = seed if isinstance(seed, uuid.UUID) else uuid.uuid5(uuid.NAMESPACE_OID, seed)
    digits = uuid.uuid5(uuid.NAMESPACE_OID, source.hex).bytes + source.bytes
    return [
        {"x": digits[i * 3] * 640 // 255, "y": digits[i * 3 + 1] * 360 // 255, "r": 50 + digits[i * 3 + 2] * 90 // 255}
        for i in range(7)
    ]


def untranslated(text: str) -> Markup:
    """Return text of people as HTML that a browser neither translates nor lets turn the direction of what is around."""
    return Markup(f'<bdi translate="no">{escape(text)}</bdi>')  # noqa: S704 - the text is escaped


FILTERS: tuple[Callable[..., Any], ...] = (
    day,
    clock_time,
    moment,
    date_parts,
    event_time,
    event_clock,
    time_at_place,
    time_for_viewer,
    relative_time,
    money,
    count,
    city_name,
    hyphenated,
    attributes,
    paragraphs,
    untranslated,
)


def init_app(app: Flask) -> None:
    """Make the filters available in every template under their own names, and a few functions as globals."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(cover_circles=cover_circles, language=language, now=now)
