"""The home cities and the time zones of people."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, Text, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.time_zones import known_zones
from portal.extensions import db
from portal.profiles.models import Profile

FALLBACK_ZONE = "UTC"


def home_zone(actor: Actor) -> str:
    """Return the IANA name of the actor's time zone.

    It is the one chosen in the actor's preferences, else that of the city in their profile, else ``FALLBACK_ZONE``.
    """
    if actor.preferences.time_zone:
        return actor.preferences.time_zone
    row = db.session.execute(with_zones(select(literal(actor.id)))).one_or_none()
    return (row and row.zone) or FALLBACK_ZONE


def home_city(actor: Actor) -> City | None:
    """Return the city in the actor's profile, or ``None``."""
    statement = select(City).join(Profile, Profile.city_id == City.id)
    return db.session.scalar(statement.where(Profile.account_id == actor.account_id))


def with_zones(people: Select[uuid.UUID]) -> Select[uuid.UUID, str | None]:
    """Return the SELECT of ids and ``zone`` of the accounts whose ids ``people`` selects.

    ``zone`` is the IANA name of the time zone chosen in the preferences, else of that of the city in the profile, or
    NULL if that is not a known one.
    """
    chosen = people.subquery("people")
    (account_id,) = chosen.columns
    zone = func.coalesce(Account.time_zone, City.time_zone)
    is_known = zone == any_(literal(sorted(known_zones()), ARRAY(Text)))
    zones = select(Account.id, case((is_known, zone)).label("zone")).select_from(chosen)
    zones = zones.join(Account, Account.id == account_id)
    return zones.outerjoin(Profile, Profile.account_id == Account.id).outerjoin(City, City.id == Profile.city_id)
