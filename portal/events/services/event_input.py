"""What an organiser writes, and what it must be before it is kept."""

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


class Cover(Enum):
    """What to do with the picture when no new one was sent."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything about an event that its organiser decides.

    Times are wall clock times where the event takes place. ``time_zone`` is the organiser's choice for an online
    event; where there is a city, the city's zone counts. ``cost`` is in minor units. ``cover`` holds the bytes of a
    new picture.
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
    cover: bytes | Cover = Cover.KEEP


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an event is, checked: a wall clock, its zone, and the instants that they name."""

    time_zone: str
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime | None


def draft_of(event: Event) -> Draft:
    """The draft that, kept again, would change nothing."""
    return Draft(
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


def columns(draft: Draft, *, fallback_zone: str, may_lack_city: bool = False) -> dict[str, Any]:
    """The checked values of the event's columns, without its cover.

    ``may_lack_city`` is for an event in person that came to us without a city and may stay so.
    Raises ``Invalid`` with the first thing that is wrong and the field it is in.
    """
    title = _text(_one_line(draft.title), "title", TITLE_MAX, _("Enter a title for the event."))
    description = _text(draft.description, "description", DESCRIPTION_MAX, _("Describe what is planned."))
    place = _text(_one_line(draft.place), "place", PLACE_MAX)
    city = _city(draft, may_lack=may_lack_city)
    check_numbers(draft)
    schedule = scheduled(draft, city, fallback_zone)
    return {
        "title": title,
        "description": description,
        "place": place,
        "is_online": draft.is_online,
        "city_id": city.id if city else None,
        "time_zone": schedule.time_zone,
        "starts_local": schedule.starts_local,
        "starts_at": schedule.starts_at,
        "ends_at": schedule.ends_at,
        "cost": draft.cost,
        "currency": draft.currency,
        "capacity": draft.capacity,
    }


def _one_line(value: str) -> str:
    """Titles and places stand in lists, subjects and calendars, where a line end would break them."""
    return " ".join(value.split())


def _text(value: str, field: str, most: int, missing: str | None = None) -> str:
    """The trimmed text; ``missing`` is the sentence for a blank one, where it may not be blank."""
    text = value.strip()
    if missing and not text:
        raise Invalid("blank", missing, field=field)
    if len(text) > most:
        raise Invalid("too_long", _("Shorten this to %(most)s characters.", most=most), field=field)
    return text


def _city(draft: Draft, *, may_lack: bool) -> City | None:
    if draft.city_id is None:
        if draft.is_online or may_lack:
            return None
        raise Invalid("city_required", _("Choose the city from the list."), field="city_id")
    city = cities.find(draft.city_id)
    if city is None:
        raise Invalid("unknown_city", _("We don't know this city. Choose one from the list."), field="city_id")
    return city


def check_numbers(draft: Draft) -> None:
    """Refuse a cost, a currency or a capacity that cannot be meant."""
    if not 0 <= draft.cost <= COST_MAX:
        raise Invalid("bad_cost", _("Enter a cost between 0 and %(most)s.", most=COST_MAX // MINOR_UNITS), field="cost")
    if draft.currency not in CURRENCIES:
        raise Invalid("unknown_currency", _("Choose a currency from the list."), field="currency")
    if draft.capacity is not None and not 1 <= draft.capacity <= CAPACITY_MAX:
        sentence = _("Enter a number between 1 and %(most)s, or leave it empty for no limit.", most=CAPACITY_MAX)
        raise Invalid("bad_capacity", sentence, field="capacity")


def scheduled(draft: Draft, city: City | None, fallback_zone: str) -> Schedule:
    """The draft's times in the zone that counts; a moved city keeps the wall clock and moves the instant."""
    chosen = draft.time_zone if draft.is_online else None
    zone = chosen or (city.time_zone if city else fallback_zone)
    starts_at = times.to_instant(draft.starts, zone, field="starts")
    ends_at = None if draft.ends is None else times.to_instant(draft.ends, zone, field="ends")
    if ends_at is not None and ends_at < starts_at:
        raise Invalid("ends_before_start", _("The event ends before it starts. Check the times."), field="ends")
    if ends_at is not None and ends_at - starts_at > DURATION_MAX:
        raise Invalid("too_long", _("An event can last at most %(days)s days.", days=DURATION_MAX.days), field="ends")
    return Schedule(zone, draft.starts, starts_at, ends_at)


def refuse_past(starts_at: datetime) -> None:
    """For a time that was newly chosen; what once lay ahead may stay where it is."""
    if starts_at <= now():
        raise Invalid("in_the_past", _("This time is in the past. Choose a future time."), field="starts")
