"""The values that an organiser enters about an event, and the checks before they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from flask_babel import gettext as _

from portal.cities import queries as cities
from portal.cities.models import City
from portal.core import money
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.core.text import trimmed
from portal.events import times
from portal.events.currencies import CURRENCIES
from portal.events.models import (
    CAPACITY_MAX,
    COST_MAX,
    DEFAULT_CURRENCY,
    DESCRIPTION_MAX,
    DURATION_MAX,
    PLACE_MAX,
    TITLE_MAX,
    Event,
)


class CoverChange(Enum):
    """The choice to keep or to clear the cover of an event when no new picture is sent."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInput:
    """The values of an event that its organiser enters.

    ``starts`` and ``ends`` are wall clock times at the event's place. ``time_zone`` counts for online events only; an
    event in a city has the zone of the city. ``cost`` is in minor units of ``currency``. ``cover`` holds the bytes of a
    new picture, or says whether to keep the present one.
    """

    title: str
    description: str
    is_online: bool
    city_id: int | None
    place: str
    starts: datetime
    ends: datetime | None = None
    time_zone: str | None = None
    cost: int = 0
    currency: str = DEFAULT_CURRENCY
    capacity: int | None = None
    cover: bytes | CoverChange = CoverChange.KEEP


@dataclass(frozen=True, slots=True)
class Schedule:
    """The checked times of an event: its time zone, its start on the wall clock, and the instants of start and end."""

    time_zone: str
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime | None


def input_of(event: Event) -> EventInput:
    """Return the input with the present values of the event and its cover kept, so that storing it changes nothing."""
    return EventInput(
        title=event.title,
        description=event.description,
        is_online=event.is_online,
        city_id=event.city_id,
        place=event.place,
        starts=event.starts_local,
        ends=event.ends_local,
        time_zone=event.time_zone,
        cost=event.cost,
        currency=event.currency,
        capacity=event.capacity,
    )


def checked_columns(entered: EventInput, *, fallback_zone: str, may_lack_city: bool = False) -> dict[str, Any]:
    """Return the values of an event's columns, by name, for the entered input, except for its cover.

    Texts are trimmed. ``fallback_zone`` is the time zone of an event for which neither a zone nor a city is entered.
    ``may_lack_city`` allows an event in person to have no city, because it was imported without one. Raises ``Invalid``
    for the first field whose value is not allowed.
    """
    title = _text(_one_line(entered.title), "title", TITLE_MAX, _("Enter a title for the event."))
    description = _text(entered.description, "description", DESCRIPTION_MAX, _("Describe what is planned."))
    place = _text(_one_line(entered.place), "place", PLACE_MAX)
    city = _city(entered, may_lack=may_lack_city)
    check_numbers(entered)
    schedule = checked_schedule(entered, city, fallback_zone)
    return {
        "title": title,
        "description": description,
        "place": place,
        "is_online": entered.is_online,
        "city_id": city.id if city else None,
        "time_zone": schedule.time_zone,
        "starts_local": schedule.starts_local,
        "starts_at": schedule.starts_at,
        "ends_at": schedule.ends_at,
        "cost": entered.cost,
        "currency": entered.currency,
        "capacity": entered.capacity,
    }


def _one_line(value: str) -> str:
    """Return the text with each run of whitespace replaced by one space.

    Titles and places appear in lists, subjects and calendars, where the end of a line would break them.
    """
    return " ".join(value.split())


def _text(value: str, field: str, most: int, missing: str | None = None) -> str:
    """Return the trimmed text; raise ``Invalid`` for ``field`` if it has more than ``most`` characters.

    If ``missing`` is given, the field is required: a blank text raises ``Invalid`` with that message.
    """
    text = trimmed(value)
    if missing and not text:
        raise Invalid("blank", missing, field=field)
    if len(text) > most:
        raise Invalid("too_long", _("Shorten this to %(most)s characters.", most=most), field=field)
    return text


def _city(entered: EventInput, *, may_lack: bool) -> City | None:
    if entered.city_id is None:
        if entered.is_online or may_lack:
            return None
        raise Invalid("city_required", _("Choose the city from the list."), field="city_id")
    city = cities.find(entered.city_id)
    if city is None:
        raise Invalid("unknown_city", _("We don't know this city. Choose one from the list."), field="city_id")
    return city


def check_numbers(entered: EventInput) -> None:
    """Raise ``Invalid`` if the cost, the currency or the capacity of the entered event is not allowed.

    Allowed are 0 to ``COST_MAX`` whole units, one of ``CURRENCIES``, and 1 to ``CAPACITY_MAX`` places or no limit.
    """
    if not 0 <= money.from_minor_units(entered.cost, entered.currency) <= COST_MAX:
        raise Invalid("bad_cost", _("Enter a cost between 0 and %(most)s.", most=COST_MAX), field="cost")
    if entered.currency not in CURRENCIES:
        raise Invalid("unknown_currency", _("Choose a currency from the list."), field="currency")
    if entered.capacity is not None and not 1 <= entered.capacity <= CAPACITY_MAX:
        message = _("Enter a number between 1 and %(most)s, or leave it empty for no limit.", most=CAPACITY_MAX)
        raise Invalid("bad_capacity", message, field="capacity")


def checked_schedule(entered: EventInput, city: City | None, fallback_zone: str) -> Schedule:
    """Return the times of the entered event in its time zone.

    The zone is the one chosen for an online event, else that of the city, else ``fallback_zone``. A change of the city
    keeps the wall clock time and so changes the instant. Raises ``Invalid`` for a time that does not exist in the zone,
    an end before the start, and a duration above ``DURATION_MAX``.
    """
    chosen = entered.time_zone if entered.is_online else None
    zone = chosen or (city.time_zone if city else fallback_zone)
    starts_at = times.to_instant(entered.starts, zone, field="starts")
    ends_at = None if entered.ends is None else times.to_instant(entered.ends, zone, field="ends")
    if ends_at is not None and ends_at < starts_at:
        raise Invalid("ends_before_start", _("The event ends before it starts. Check the times."), field="ends")
    if ends_at is not None and ends_at - starts_at > DURATION_MAX:
        raise Invalid("too_long", _("An event can last at most %(days)s days.", days=DURATION_MAX.days), field="ends")
    return Schedule(zone, entered.starts, starts_at, ends_at)


def refuse_past(starts_at: datetime) -> None:
    """Raise ``Invalid`` if ``starts_at``, the newly chosen start of an event, is not in the future."""
    if starts_at <= now():
        raise Invalid("in_the_past", _("This time is in the past. Choose a future time."), field="starts")
