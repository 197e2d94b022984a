"""How dates, times, money and numbers read on a page, in the reader's language.

An event always shows the clock of its own place first; the reader's follows when the two differ.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel import numbers
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_location
from flask import Flask
from flask_babel import get_locale, get_timezone, gettext
from markupsafe import Markup

from portal.core.clock import now
from portal.web.i18n.selection import select_time_zone
from portal.web.templating.rich_text import paragraphs

NARROW_SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "TRY": "₺", "GEL": "₾", "AMD": "֏"}
PREFIXED = frozenset({"USD", "EUR", "GBP"})
NBSP = "\u00a0"
DAY_PATTERNS = {"en": "EEE d MMM", "ru": "EEE, d MMMM"}
JUST_NOW = timedelta(seconds=45)


class Place(Protocol):
    """A city as pages know it."""

    @property
    def name(self) -> str: ...


class Timed(Protocol):
    """What is needed of an event to say when it is."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def starts_local(self) -> datetime: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def city(self) -> Place | None: ...


def language() -> str:
    """``en`` or ``ru``; English outside a request."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def reader_zone() -> tzinfo:
    """The zone that the reader lives by; UTC as long as neither the account nor the browser said."""
    return get_timezone() or UTC


def as_read(value: date) -> date:
    """An instant becomes the reader's wall clock; a date or a local time stays what it says."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(reader_zone())
    return value


def day(value: date) -> str:
    """``Sat 6 Dec``; with the year when it is not the current one."""
    shown = as_read(value)
    pattern = DAY_PATTERNS[language()]
    if shown.year != now().astimezone(reader_zone()).year:
        pattern += " y"
    return format_date(shown, pattern, locale=language())


def clock_time(value: datetime) -> str:
    """``18:00``."""
    return format_datetime(as_read(value), "HH:mm", locale=language())


def moment(value: datetime) -> str:
    """``Sat 6 Dec, 18:00``; an instant whose reader's zone is unknown says that this is UTC."""
    is_guess = value.tzinfo is not None and select_time_zone() is None
    return f"{day(value)}, {clock_time(value)}{' UTC' if is_guess else ''}"


def date_parts(value: date) -> Mapping[str, str]:
    """The three lines of a date block: week day, day, month."""
    shown = as_read(value)
    return _date_parts(shown.year, shown.month, shown.day, language())


@lru_cache(maxsize=512)
def _date_parts(year: int, month: int, day: int, locale: str) -> Mapping[str, str]:
    patterns = {"weekday": "EEE", "day": "d", "month": "LLL"}
    shown = date(year, month, day)
    return {part: format_date(shown, pattern, locale=locale).rstrip(".") for part, pattern in patterns.items()}


def time_at_place(event: Timed) -> str:
    """``18:00 in Kazan``; for an event without a city, whose clock it is: ``18:00 Moscow time``."""
    clock = clock_time(event.starts_local)
    if event.city is not None:
        return gettext("%(time)s in %(city)s", time=clock, city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return gettext("%(time)s %(place)s time", time=clock, place=place)


def time_for_reader(event: Timed, viewer_zone: str | None = None) -> str:
    """``16:00 for you``, with the day if that differs too; nothing where their clock shows the same or is unknown."""
    zone = viewer_zone or select_time_zone()
    if zone is None:
        return ""
    theirs = event.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if theirs == event.starts_local:
        return ""
    same_day = theirs.date() == event.starts_local.date()
    return gettext("%(time)s for you", time=clock_time(theirs) if same_day else moment(theirs))


def _timed(event: Timed, local: str, viewer_zone: str | None) -> Markup:
    stamp = event.starts_at.astimezone(UTC).isoformat()
    shown = Markup('<time datetime="{}">{}</time>').format(stamp, local)
    theirs = time_for_reader(event, viewer_zone)
    return shown + Markup(' <span class="theirs">· {}</span>').format(theirs) if theirs else shown


def event_time(event: Timed, viewer_zone: str | None = None) -> Markup:
    """``Sat 6 Dec, 18:00 in Kazan · 16:00 for you``."""
    return _timed(event, f"{day(event.starts_local)}, {time_at_place(event)}", viewer_zone)


def event_clock(event: Timed, viewer_zone: str | None = None) -> Markup:
    """The same without the day, for beside a date block."""
    return _timed(event, time_at_place(event), viewer_zone)


def relative_time(instant: datetime) -> str:
    """``2 days ago``, ``in 3 hours``, ``just now``."""
    passed = now() - instant
    if abs(passed) < JUST_NOW:
        return gettext("just now")
    return format_timedelta(-passed, add_direction=True, locale=language())


def money(cost: int, currency: str) -> str:
    """Minor units as people write them: ``500 ₽``, ``€12.50``, ``free``."""
    if cost == 0:
        return gettext("free")
    digits = numbers.get_currency_precision(currency)
    amount = Decimal(cost).scaleb(-digits)
    whole = amount == amount.to_integral_value()
    number = numbers.format_decimal(amount, "#,##0" if whole else f"#,##0.{'0' * digits}", locale=language())
    symbol = NARROW_SYMBOLS.get(currency, currency)
    return f"{symbol}{number}" if currency in PREFIXED and language() == "en" else f"{number}{NBSP}{symbol}"


def count(value: int) -> str:
    """``1,412`` or ``1 412``."""
    return _grouped(value, language())


@lru_cache(maxsize=4096)
def _grouped(value: int, locale: str) -> str:
    return numbers.format_decimal(value, locale=locale)


def city_name(city: Any) -> str:
    """The city's name in the reader's language, where we know it."""
    russian = getattr(city, "name_ru", None)
    return str(russian if language() == "ru" and russian else city.name)


def hyphenated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments as attribute names: ``hx_get`` becomes ``hx-get``; a trailing underscore (``class_``) goes."""
    return {name.rstrip("_").replace("_", "-"): value for name, value in values.items()}


def attributes(values: Mapping[str, Any]) -> Markup:
    """HTML attributes from keyword arguments; ``None`` and ``False`` leave one out, ``True`` writes it bare."""
    written = (
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in hyphenated(values).items()
        if value is not None and value is not False
    )
    return Markup("").join(written)


def cover_circles(seed: uuid.UUID | str) -> list[dict[str, int]]:
    """Seven circles for the drawing that stands in for a missing cover: the same ones for the same id."""
    source = seed if isinstance(seed, uuid.UUID) else uuid.uuid5(uuid.NAMESPACE_OID, seed)
    digits = uuid.uuid5(uuid.NAMESPACE_OID, source.hex).bytes + source.bytes
    return [
        {"x": digits[i * 3] * 640 // 255, "y": digits[i * 3 + 1] * 360 // 255, "r": 50 + digits[i * 3 + 2] * 90 // 255}
        for i in range(7)
    ]


FILTERS: tuple[Callable[..., Any], ...] = (
    day,
    clock_time,
    moment,
    date_parts,
    event_time,
    event_clock,
    time_at_place,
    time_for_reader,
    relative_time,
    money,
    count,
    city_name,
    hyphenated,
    attributes,
    paragraphs,
)


def init_app(app: Flask) -> None:
    """Make the filters known to every template under their own names."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(cover_circles=cover_circles, language=language, now=now)
