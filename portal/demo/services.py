"""Putting the demo into an empty portal, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

import sqlalchemy as sa

from portal.accounts.models import Account
from portal.accounts.registration import allow_list
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import Base
from portal.core.environment import settings
from portal.core.errors import Forbidden
from portal.core.security.passwords import hash_password
from portal.demo import drawing, followers, people, pictures, places, sample_events
from portal.demo.copying import copy_rows
from portal.demo.people import Person
from portal.demo.sample_events import Gathering
from portal.events.models import Event, Participation
from portal.extensions import db
from portal.files.models import Picture, PictureDigest, Purpose
from portal.follows.models import Follow
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS
from portal.permissions.models import Group, Membership
from portal.profiles.models import Profile

PASSWORD = "welcome-to-demo"  # noqa: S105 - printed at every start, and refused in PROD
PEOPLE, EVENTS = 2000, 60
FEWEST_PEOPLE = 100
CAST = 6
ADVISORY_LOCK = 7_202_612
ACTION = "demo.seed"


@dataclass(frozen=True, slots=True)
class Seeded:
    """How much was put in."""

    people: int
    events: int


def seed(actor: Actor, *, people_count: int = PEOPLE, events_count: int = EVENTS) -> Seeded | None:
    """Fill the portal with made-up people and events; ``None`` if the demo is already there.

    What comes out depends on the numbers and on the day only. Needs the cities and the built-in groups. Raises
    ``Forbidden`` in production, ``Invalid`` without cities.
    """
    if settings().is_production:
        raise Forbidden("no_demo_in_production", "The demo is never loaded in PROD or STAGING.")
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    if db.session.scalar(sa.select(sa.exists().where(AuditEntry.action == ACTION))):
        return None
    today = datetime.combine(now().date(), time(), UTC)
    world = places.read()
    crowd = list(people.everybody(max(people_count, FEWEST_PEOPLE), world, today))
    events = list(sample_events.everything(events_count, crowd, world, today))
    _add_people(crowd)
    _add_follows(crowd, today)
    _add_events(events)
    allow_list.import_emails(actor, people.allowed_addresses(crowd))
    record(actor, ACTION, people=len(crowd), events=len(events))
    return Seeded(len(crowd), len(events))


def _add_people(crowd: list[Person]) -> None:
    password_hash = hash_password(PASSWORD)
    copy_rows(Account, (people.account_row(person, password_hash) for person in crowd))
    pictures.add(Purpose.AVATAR, drawing.avatar, [(person.number, person, person.avatar) for person in crowd], "avatar")
    copy_rows(Profile, map(people.profile_row, crowd))
    _add_to_groups(crowd)
    _analyse(Account, Profile, Picture, PictureDigest)


def _add_follows(crowd: list[Person], today: datetime) -> None:
    copy_rows(Follow, (followers.row(pair, today) for pair in followers.everything(crowd)))
    _analyse(Follow)


def _add_events(events: list[Gathering]) -> None:
    pictures.add(Purpose.COVER, drawing.cover, [(event.number, event.owner, event.cover) for event in events], "cover")
    copy_rows(Event, map(sample_events.event_row, events))
    copy_rows(Participation, (row for event in events for row in sample_events.participation_rows(event)))
    _analyse(Event, Participation)


def _add_to_groups(crowd: list[Person]) -> None:
    groups = {group.name: group.id for group in db.session.scalars(sa.select(Group))}
    keys = {person.key: person for person in crowd[:CAST]}
    rows = [(keys["mona"], MODERATORS), (keys["adam"], ADMINISTRATORS)]
    copy_rows(
        Membership,
        ({"account_id": person.id, "group_id": groups[name], "assigned_at": person.joined_at} for person, name in rows),
    )


def _analyse(*models: type[Base]) -> None:
    """So that the first pages are already planned on what is there."""
    for model in models:
        db.session.execute(sa.text(f"ANALYZE {model.__tablename__}"))
