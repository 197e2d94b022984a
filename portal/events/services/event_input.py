"""What an organiser enters about an event, and the checks before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from flask_babel import gettext as _

from portal.cities import queries as cities
from portal.cities.models import City
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.events import times
from portal.events.models import (
    CAPACITY_MAX,
    COST_MAX,
    CURRENCIES,
    DEFAULT_CURRENCY,
    DESCRIPTION_MAX,
    DURATION_MAX,
    MINOR_UNITS,
    PLACE_MAX,
    TITLE_MAX,
    Event,
)


class CoverChange(Enum):
    """What to do with the cover when no new one was sent."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInput:
    """Everything about an event that its organiser enters.

    ``starts`` and ``ends`` are wall clock times at the event's place. ``time_zone`` is chosen for online events; the
    zone of an event in a city is the city's. ``cost`` is in minor units. ``cover`` holds the bytes of a new picture.
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
    """The checked times of an event: the start on the wall clock, its zone, and the instants of start and end."""

    time_zone: str
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime | None


def input_of(event: Event) -> EventInput:
    """Return the input that describes the event as it is; storing it changes nothing."""
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
    """Return the values of the event's columns, except for its cover.

    ``may_lack_city`` allows an event in person to have no city, because it was imported without one.
    Raises ``Invalid`` for the first field whose value is not allowed.
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
    """Return one line: titles and places appear in lists, subjects and calendars, where a line end would break them."""
    return " ".join(value.split())


def _text(value: str, field: str, most: int, missing: str | None = None) -> str:
    """Return the trimmed text; ``missing`` is the error message for a blank one, where the field is required."""
    text = value.strip()
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
    """Raise ``Invalid`` for a cost, a currency or a capacity that is not allowed."""
    if not 0 <= entered.cost <= COST_MAX:
        raise Invalid("bad_cost", _("Enter a cost between 0 and %(most)s.", most=COST_MAX // MINOR_UNITS), field="cost")
    if entered.currency not in CURRENCIES:
        raise Invalid("unknown_currency", _("Choose a currency from the list."), field="currency")
    if entered.capacity is not None and not 1 <= entered.capacity <= CAPACITY_MAX:
        message = _("Enter a number between 1 and %(most)s, or leave it empty for no limit.", most=CAPACITY_MAX)
        raise Invalid("bad_capacity", message, field="capacity")


def checked_schedule(entered: EventInput, city: City | None, fallback_zone: str) -> Schedule:
    """Return the times in the zone of the event; raise ``Invalid`` where they are not allowed.

    A change of the city keeps the wall clock time and so changes the instant.
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
    """Raise ``Invalid`` for a start in the past; only newly chosen times are checked."""
    if starts_at <= now():
        raise Invalid("in_the_past", _("This time is in the past. Choose a future time."), field="starts")
