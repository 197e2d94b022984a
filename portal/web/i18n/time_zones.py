"""Time zones as people choose them: by part of the world and city, in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.core.clock import now
from portal.web.templating.filters import language

PARTS = {
    "Europe": "150",
    "Asia": "142",
    "America": "019",
    "Africa": "002",
    "Australia": "009",
    "Pacific": "009",
}
"""What a zone's name begins with, and the United Nations' number of that part of the world."""


def zone_choices() -> list[SelectChoice]:
    """Every zone that people live in, grouped, labelled ``Berlin, UTC+1``."""
    return list(_offered(language(), now().date()))


def present_name(zone: str) -> str:
    """The name that a zone has today: ``Asia/Kolkata`` for ``Asia/Calcutta``."""
    return str(get_global("zone_aliases").get(zone, zone))


@lru_cache(maxsize=8)
def _offered(reads: str, today: date) -> tuple[SelectChoice, ...]:
    """Per language and day, because clocks change."""
    locale = Locale(reads)
    cities = _cities(locale)
    order = list(dict.fromkeys([*(locale.territories[number] for number in PARTS.values()), _("Oceans and poles")]))

    def choice(zone: str) -> SelectChoice:
        number = PARTS.get(zone.partition("/")[0])
        group = locale.territories[number] if number else order[-1]
        return SelectChoice(zone, f"{cities[zone]}, {offset(zone)}", optgroup=group)

    lived_in = (zone for zone in get_global("zone_territories") if not zone.startswith("Etc/"))
    choices = sorted(map(choice, lived_in), key=lambda choice: (order.index(choice.optgroup or ""), choice.label))
    return (*choices, SelectChoice("UTC", "UTC", optgroup=order[-1]))


def _cities(locale: Locale) -> dict[str, str]:
    """What each zone's city is called; the language data may know it by an older name of the zone."""
    known = {present_name(zone): names["city"] for zone, names in locale.time_zones.items() if "city" in names}
    own = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in get_global("zone_territories")}
    return own | known


def offset(zone: str) -> str:
    """``UTC+1`` or ``UTC+5:30``, as the clocks stand now."""
    ahead = now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    sign = "−" if ahead < timedelta() else "+"
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")
