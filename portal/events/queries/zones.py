"""The home cities and the time zones of people."""

from __future__ import annotations

import uuid
from functools import cache

from sqlalchemy import Select, case, func, select

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.lists import ME
from portal.core.db.raw_queries import RawQuery
from portal.core.db.set_based import is_one_of
from portal.core.time_zones import known_zones
from portal.profiles.models import Profile
from portal.profiles.visibility import CITY_COLUMNS, CityLabel, city_of

FALLBACK_ZONE = "UTC"


def home_zone(actor: Actor) -> str:
    """Return the IANA name of the actor's time zone.

    It is the one chosen in the actor's preferences, else that of the city in their profile, else ``FALLBACK_ZONE``.
    """
    if actor.preferences.time_zone:
        return actor.preferences.time_zone
    found = _home_zone().rows(me=actor.id)
    return (found and found[0].zone) or FALLBACK_ZONE


@cache
def _home_zone() -> RawQuery:
    return RawQuery(with_zones(select(ME)))


def home_city(actor: Actor) -> CityLabel | None:
    """Return the city in the actor's profile, or ``None``."""
    found = _HOME_CITY.rows(me=actor.account_id)
    return city_of(found[0]) if found else None


_HOME_CITY = RawQuery(select(*CITY_COLUMNS).join(Profile, Profile.city_id == City.id).where(Profile.account_id == ME))


def with_zones(people: Select[uuid.UUID]) -> Select[uuid.UUID, str | None]:
    """Return the SELECT of ids and ``zone`` of the accounts whose ids ``people`` selects.

    ``zone`` is the IANA name of the time zone chosen in the preferences, else of that of the city in the profile, or
    NULL if that is not a known one.
    """
    chosen = people.subquery("people")
    (account_id,) = chosen.columns
    zone = func.coalesce(Account.time_zone, City.time_zone)
    is_known = is_one_of(zone, sorted(known_zones()))
    zones = select(Account.id, case((is_known, zone)).label("zone")).select_from(chosen)
    zones = zones.join(Account, Account.id == account_id)
    return zones.outerjoin(Profile, Profile.account_id == Account.id).outerjoin(City, City.id == Profile.city_id)
