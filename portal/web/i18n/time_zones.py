"""Time zones to choose from, by continent and city, in the language of the request."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.core.alphabets import sort_key
from portal.core.clock import now
from portal.core.time_zones import known_zone
from portal.web.i18n.selection import language

PARTS = {
    "Europe": "150",
    "Asia": "142",
    "America": "019",
    "Africa": "002",
    "Australia": "009",
    "Pacific": "009",
}
"""The first part of a zone's name, and the UN M49 code of that part of the world."""


def zone_choices(present: str = "") -> list[SelectChoice]:
    """Return every inhabited time zone and UTC as choices of a form field, with labels such as ``Berlin, UTC+1``.

    They are grouped by continent, in the language of the request, with the current offsets. ``present`` is the value of
    the field: if it is a known time zone that is not among them, such as ``Etc/GMT+5``, it comes first, so that a form
    never shows another one in its place.
    """
    choices = list(_choices(language(), now().date()))
    if known_zone(present) and all(choice.value != present for choice in choices):
        place = get_timezone_location(ZoneInfo(present), locale=language(), return_city=True)
        choices.insert(0, SelectChoice(present, f"{place}, {offset(present)}", optgroup=choices[-1].optgroup))
    return choices


def current_zone_name(zone: str) -> str:
    """Return the present name of a time zone, which means the same: ``Asia/Kolkata`` for ``Asia/Calcutta``.

    Other names stay as they are; all names of UTC become ``UTC``.
    """
    name = str(get_global("zone_aliases").get(zone, zone))
    return "UTC" if name == "Etc/UTC" else name


@lru_cache(maxsize=8)
def _choices(language_code: str, today: date) -> tuple[SelectChoice, ...]:
    """Return the choices of a form field in a language on a day, because offsets change."""
    locale = Locale(language_code)
    cities = _cities(locale)
    order = list(dict.fromkeys([*(locale.territories[number] for number in PARTS.values()), _("Oceans and poles")]))

    def choice(zone: str) -> SelectChoice:
        number = PARTS.get(zone.partition("/")[0])
        group = locale.territories[number] if number else order[-1]
        return SelectChoice(zone, f"{cities[zone]}, {offset(zone)}", optgroup=group)

    inhabited = (zone for zone in get_global("zone_territories") if not zone.startswith("Etc/"))
    choices = sorted(
        map(choice, inhabited),
        key=lambda each: (order.index(each.optgroup or ""), sort_key(str(each.label), language_code)),
    )
    return (*choices, SelectChoice("UTC", "UTC", optgroup=order[-1]))


def _cities(locale: Locale) -> dict[str, str]:
    """Return the city of each time zone in a language, which its data may have under an older name of the zone."""
    known = {current_zone_name(zone): names["city"] for zone, names in locale.time_zones.items() if "city" in names}
    own = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in get_global("zone_territories")}
    return own | known


def offset(zone: str) -> str:
    """Return the current offset of a time zone as ``UTC+1`` or ``UTC+5:30``."""
    ahead = now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    sign = "−" if ahead < timedelta() else "+"
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")
