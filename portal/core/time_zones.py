"""The time zones that the portal knows: one list for accounts, cookies, events and forms."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

NO_PLACE = frozenset({"Factory"})


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Return the IANA names of all time zones, with those that are kept for older data, such as ``CET``.

    They are those of the package ``tzdata``. What else a machine has in its folder of zones, such as ``localtime`` or
    ``posix/Europe/Berlin``, means something else on another machine, or nothing.
    """
    return frozenset(files("tzdata").joinpath("zones").read_text().split()) - NO_PLACE


def known_zone(name: str) -> str | None:
    """Return ``name`` if it is the name of a known time zone, else ``None``."""
    return name if name in known_zones() else None


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that name; raise ``LookupError`` if it is not known."""
    if name not in known_zones():
        raise LookupError(f"no time zone {name!r}")
    return ZoneInfo(name)
