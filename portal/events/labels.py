"""Template filters for the time of an event."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import gettext as _

from portal.events.records import EventCard
from portal.web.templating.filters import city_name, clock_time, day, language, moment

UNBROKEN_DASH = "\u2060–\u2060"


def event_span(event: EventCard) -> str:
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


def time_zone_label(event: EventCard) -> str:
    """Return the name of the local time of an event, such as ``Kazan time``.

    It names the city of the event, or without one the city of its time zone, in the language of the request.
    """
    if event.city is not None:
        return _("%(city)s time", city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return _("%(city)s time", city=place)
