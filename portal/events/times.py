"""Conversions between instants and wall clock times in a time zone.

An event is a time on the clocks of a place, and the instant at which they show it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _

from portal.core.errors import Invalid

FIRST_YEAR = 1970
LAST_YEAR = 2100


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the IANA names of the zones in which people live, such as ``Europe/Berlin``, and ``UTC``."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")) | {"UTC"}


def zone(name: str) -> ZoneInfo:
    """Return the zone of that name; raise ``Invalid`` for a name that is not in ``zone_names``."""
    if name not in zone_names():
        raise Invalid("unknown_time_zone", _("Choose a time zone from the list."), field="time_zone")
    return ZoneInfo(name)


def to_instant(local: datetime, zone_name: str, *, field: str) -> datetime:
    """Return the instant, in UTC, at which the clocks of the zone show ``local``.

    Where they show it twice (clocks go back), it is the first time. Raises ``Invalid`` for ``field`` where they never
    show it (clocks go forward) and for years outside ``FIRST_YEAR`` to ``LAST_YEAR``.
    """
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise Invalid("date_out_of_range", _("Choose a date between 1970 and 2100."), field=field)
    instant = local.replace(tzinfo=zone(zone_name)).astimezone(UTC)
    if to_local(instant, zone_name) != local:
        raise Invalid(
            "time_does_not_exist",
            _("The clocks go forward that night and skip this time. Choose another one."),
            field=field,
        )
    return instant


def to_local(instant: datetime, zone_name: str) -> datetime:
    """Return the wall clock time that the zone shows at the instant, without time zone."""
    return instant.astimezone(zone(zone_name)).replace(tzinfo=None)


def shift_local(local: datetime, by: timedelta, zone_name: str) -> datetime:
    """Return ``local`` shifted on the wall clock; a time that the clocks skip becomes the next one that they show.

    Raises ``Invalid`` for a result outside the calendar.
    """
    try:
        target = local + by
    except OverflowError as error:
        raise Invalid("date_out_of_range", _("Choose a date between 1970 and 2100."), field="starts") from error
    return to_local(target.replace(tzinfo=zone(zone_name)).astimezone(UTC), zone_name)
