"""Wall clocks and instants: an event is a time on a wall somewhere, and the instant that it names there."""

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
    """The zones that people live in: ``Europe/Berlin`` and its like, and UTC."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")) | {"UTC"}


def zone(name: str) -> ZoneInfo:
    """The zone of that name; refuses a name that the time zone database does not have."""
    if name not in zone_names():
        raise Invalid("unknown_time_zone", _("Choose a time zone from the list."), field="time_zone")
    return ZoneInfo(name)


def to_instant(local: datetime, zone_name: str, *, field: str) -> datetime:
    """The instant at which the clocks of that zone show ``local``.

    Where they show it twice (clocks go back) the first is meant; where they never show it (clocks go forward)
    it is refused at ``field``.
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
    """What the clocks of that zone show at the instant."""
    return instant.astimezone(zone(zone_name)).replace(tzinfo=None)


def moved(local: datetime, by: timedelta, zone_name: str) -> datetime:
    """``local`` moved on the wall clock, to the next time that the clocks do show."""
    try:
        target = local + by
    except OverflowError as error:
        raise Invalid("date_out_of_range", _("Choose a date between 1970 and 2100."), field="starts") from error
    return to_local(target.replace(tzinfo=zone(zone_name)).astimezone(UTC), zone_name)
