"""Conversions between instants and wall clock times in a time zone.

An event has both: a time on the clocks of its place, and the instant at which they show it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal.core import time_zones
from portal.core.errors import Invalid

FIRST_YEAR = 1970
LAST_YEAR = 2100


def zone(name: str) -> ZoneInfo:
    """Return the time zone with an IANA name; raise ``Invalid`` for one that the portal does not know."""
    try:
        return time_zones.zone(name)
    except LookupError:
        raise Invalid("unknown_time_zone", _("Choose a time zone from the list."), field="time_zone") from None


def to_instant(local: datetime, zone_name: str, *, field: str) -> datetime:
    """Return the instant, in UTC, at which the clocks of the zone show ``local``.

    If they show it twice because they go back, it is the first of the two. Raises ``Invalid`` for ``field`` if they
    skip it because they go forward, or if the year is not from ``FIRST_YEAR`` to ``LAST_YEAR``. An unknown zone raises
    ``Invalid`` too.
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
    """Return the wall clock time in the time zone at an instant, as a ``datetime`` without time zone.

    Raises ``Invalid`` for an unknown zone.
    """
    return instant.astimezone(zone(zone_name)).replace(tzinfo=None)


def shift_local(local: datetime, by: timedelta, zone_name: str) -> datetime:
    """Return the wall clock time ``local`` shifted by ``by`` on the wall clock of a time zone.

    A result that the clocks skip is moved forward by as much as they skip. Raises ``Invalid`` for a result outside
    the range of ``datetime`` and for an unknown zone.
    """
    try:
        target = local + by
    except OverflowError as error:
        raise Invalid("date_out_of_range", _("Choose a date between 1970 and 2100."), field="starts") from error
    return to_local(target.replace(tzinfo=zone(zone_name)).astimezone(UTC), zone_name)
