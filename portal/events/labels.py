"""When an event is, as its own page writes it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import gettext as _

from portal.events.records import EventCard
from portal.web.templating.filters import city_name, clock_time, day, language, moment

UNBROKEN_DASH = "\u2060–\u2060"


def event_span(event: EventCard) -> str:
    """``Sat 6 Dec, 18:00–22:00``, by the clock of its place; with both days where it does not end on the first."""
    starts, ends = event.starts_local, event.ends_local
    if ends is None:
        return moment(starts)
    if ends.date() == starts.date():
        return f"{day(starts)}, {clock_time(starts)}{UNBROKEN_DASH}{clock_time(ends)}"
    return f"{moment(starts)} – {moment(ends)}"


def written_moment(text: str) -> str:
    """A wall clock time of a message, ``2026-12-05T18:00:00``, as the reader writes it."""
    return moment(datetime.fromisoformat(text))


def whose_clock(event: EventCard) -> str:
    """``Kazan time``: whose clock the span is read from."""
    if event.city is not None:
        return _("%(city)s time", city=city_name(event.city))
    place = get_timezone_location(ZoneInfo(event.time_zone), locale=language(), return_city=True)
    return _("%(city)s time", city=place)
