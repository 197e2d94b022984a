"""Template filters for the time of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Self
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from flask_babel import gettext as _

from portal.core.clock import now
from portal.events.records import EventCard, EventSummary
from portal.web.i18n.selection import language
from portal.web.templating.filters import (
    city_name,
    clock_time,
    day,
    moment,
    time_for_viewer,
    viewer_time_zone,
)

UNBROKEN_DASH = "\u2060–\u2060"


@dataclass(frozen=True, slots=True)
class CityNames:
    """The English and the Russian name of a city, the latter ``None`` if it is unknown."""

    name: str
    name_ru: str | None


@dataclass(frozen=True, slots=True)
class WrittenTimes:
    """The times of an event in a message: start and end on the clocks of its city, and the instant of the start.

    ``viewer_zone`` is the IANA name of the recipient's time zone, ``None`` if it is unknown.
    """

    starts_local: datetime
    ends_local: datetime | None
    starts_at: datetime
    time_zone: str
    city: CityNames | None
    viewer_zone: str | None

    @classmethod
    def from_payload(cls, when: Mapping[str, Any]) -> Self:
        """Return the times that ``services.notifications`` has written into a payload as ``when``."""
        return cls(
            starts_local=datetime.fromisoformat(when["starts"]),
            ends_local=datetime.fromisoformat(when["ends"]) if when["ends"] else None,
            starts_at=datetime.fromisoformat(when["starts_at"]),
            time_zone=when["time_zone"],
            city=CityNames(**when["city"]) if when["city"] else None,
            viewer_zone=when.get("viewer_zone"),
        )


@dataclass(frozen=True, slots=True)
class MonthOfEvents:
    """Consecutive events of a list that start in one month, with its name; ``are_over`` sets apart what has been."""

    name: str
    are_over: bool
    events: list[EventCard]


def by_month(events: Iterable[EventCard]) -> list[MonthOfEvents]:
    """Return a list of events divided where the month of the start changes, or where past events begin.

    The name of a month is followed by its year unless that is the current one by the clock of the viewer.
    """
    parts = groupby(events, key=lambda event: (event.starts_local.year, event.starts_local.month, event.over))
    return [MonthOfEvents(_month_name(year, month), are_over, list(part)) for (year, month, are_over), part in parts]


def _month_name(year: int, month: int) -> str:
    is_current = year == now().astimezone(viewer_time_zone()).year
    name = format_date(date(year, month, 1), "LLLL" if is_current else "LLLL y", locale=language())
    return f"{name[:1].upper()}{name[1:]}"


def event_span(event: EventSummary | WrittenTimes) -> str:
    """Return start and end of an event as text, by the clock of its place: ``Sat 6 Dec, 18:00–22:00``.

    The end includes its day if that differs from the day of the start. Without an end only the start is returned.
    """
    starts, ends = event.starts_local, event.ends_local
    if ends is None:
        return moment(starts)
    if ends.date() == starts.date():
        return f"{day(starts)}, {clock_time(starts)}{UNBROKEN_DASH}{clock_time(ends)}"
    return f"{moment(starts)} – {moment(ends)}"


def written_moment(text: str) -> str:
    """Return a wall clock time, given in ISO 8601 as in message payloads, in the form ``Sat 6 Dec, 18:00``."""
    return moment(datetime.fromisoformat(text))


def written_when(when: Mapping[str, Any]) -> str:
    """Return the times of an event in a message payload as ``Sat 6 Dec, 18:00–22:00 in Kazan``.

    An event without a city has the name of its local time instead.
    """
    event = WrittenTimes.from_payload(when)
    if event.city is not None:
        return _("%(time)s in %(city)s", time=event_span(event), city=city_name(event.city))
    return f"{event_span(event)}, {time_zone_label(event)}"


def written_for_viewer(when: Mapping[str, Any]) -> str:
    """Return the start of an event in a message payload as ``16:00 for you``, by the clock of the recipient.

    It is empty if that clock shows the time of the event's place, or if it is unknown.
    """
    event = WrittenTimes.from_payload(when)
    return time_for_viewer(event, event.viewer_zone) if event.viewer_zone else ""


def time_zone_label(event: EventSummary | WrittenTimes) -> str:
    """Return the name of the local time of an event, such as ``Kazan time``.

    It names the city of the event, or without one the city of its time zone, in the language of the request.
    """
    if event.city is not None:
        return _("%(city)s time", city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return _("%(city)s time", city=place)
