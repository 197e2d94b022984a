"""The home cities and the time zones of people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.time_zones import known_zone
from portal.extensions import db
from portal.profiles.models import Profile

FALLBACK_ZONE = "UTC"


def home_zone(actor: Actor) -> str:
    """Return the IANA name of the actor's time zone.

    It is the one chosen in the actor's preferences, else that of the city in their profile, else ``FALLBACK_ZONE``.
    """
    if actor.preferences.time_zone:
        return actor.preferences.time_zone
    return zones_of([actor.id]).get(actor.id, FALLBACK_ZONE)


def home_city(actor: Actor) -> City | None:
    """Return the city in the actor's profile, or ``None``."""
    statement = select(City).join(Profile, Profile.city_id == City.id)
    return db.session.scalar(statement.where(Profile.account_id == actor.account_id))


def zones_of(account_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return by account id the IANA names of people's time zones; people whose zone is unknown are left out.

    A zone is the one chosen in the preferences, else that of the city in the profile.
    """
    zone = func.coalesce(Account.time_zone, City.time_zone)
    people = select(Account.id, zone).outerjoin(Profile, Profile.account_id == Account.id)
    statement = people.outerjoin(City, City.id == Profile.city_id).where(Account.id.in_(account_ids))
    return {account_id: name for account_id, name in db.session.execute(statement) if known_zone(name or "")}
