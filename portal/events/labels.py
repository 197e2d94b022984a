"""Template filters that write when an event takes place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import gettext as _

from portal.events.records import EventCard
from portal.web.templating.filters import city_name, clock_time, day, language, moment

UNBROKEN_DASH = "\u2060–\u2060"


def event_span(event: EventCard) -> str:
    """Return start and end by the clock of the event's place: ``Sat 6 Dec, 18:00–22:00``.

    Both days are written where it does not end on the day it starts; without an end, only the start is.
    """
    starts, ends = event.starts_local, event.ends_local
    if ends is None:
        return moment(starts)
    if ends.date() == starts.date():
        return f"{day(starts)}, {clock_time(starts)}{UNBROKEN_DASH}{clock_time(ends)}"
    return f"{moment(starts)} – {moment(ends)}"


def written_moment(text: str) -> str:
    """Return a wall clock time in ISO 8601, as message payloads hold it, in the form of the language."""
    return moment(datetime.fromisoformat(text))


def time_zone_label(event: EventCard) -> str:
    """Return by which place's clock the times of an event are written: ``Kazan time``."""
    if event.city is not None:
        return _("%(city)s time", city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return _("%(city)s time", city=place)
