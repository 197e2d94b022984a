"""Adding the demo data to an empty portal, once."""

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
from portal.core.manifest import registry
from portal.core.security.passwords import hash_password
from portal.demo import cities, drawing, followers, people, pictures, sample_events
from portal.demo.audit_actions import DemoAction
from portal.demo.copying import copy_rows
from portal.demo.people import DemoPerson
from portal.demo.sample_events import SampleEvent
from portal.events.models import Event, Participation
from portal.extensions import db
from portal.files.models import Picture, PictureDigest, Purpose
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS
from portal.permissions.models import Group, Membership
from portal.profiles.models import Profile
from portal.texts.models import PrivacyConsent

PASSWORD = "welcome-to-demo"  # noqa: S105 - printed at every start, and refused in PROD
PEOPLE, EVENTS = 2000, 60
MIN_PEOPLE = 100
NAMED_PEOPLE = 6
"""The people whom the sign-in page names."""
ADVISORY_LOCK = 7_202_612
ACTION = DemoAction.SEED


@dataclass(frozen=True, slots=True)
class SeedResult:
    """How many people and events ``seed`` has added."""

    people: int
    events: int


def seed(actor: Actor, *, people_count: int = PEOPLE, events_count: int = EVENTS) -> SeedResult | None:
    """Add invented people and events, and return how many; return ``None`` if the demo data is already there.

    At least ``MIN_PEOPLE`` people are added; the result depends on the numbers and on the day only. It needs the cities
    and the built-in groups. An advisory lock makes parallel calls wait. Raise ``Forbidden`` in production, ``Invalid``
    without cities.
    """
    if settings().is_production:
        raise Forbidden("no_demo_in_production", "The demo is never loaded in PROD or STAGING.")
    db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))  # one COPY holds all people, however many they are
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    if db.session.scalar(sa.select(sa.exists().where(AuditEntry.action == ACTION))):
        return None
    today = datetime.combine(now().date(), time(), UTC)
    city_pool = cities.load_city_pool()
    everybody = list(people.all_people(max(people_count, MIN_PEOPLE), city_pool, today))
    events = list(sample_events.sample_events(events_count, everybody, city_pool, today))
    _add_people(everybody)
    _add_follows(everybody, today)
    _add_events(events)
    allow_list.import_emails(actor, people.allowed_emails(everybody))
    record(actor, ACTION, people=len(everybody), events=len(events))
    return SeedResult(len(everybody), len(events))


def _add_people(everybody: list[DemoPerson]) -> None:
    password_hash = hash_password(PASSWORD)
    copy_rows(Account, (people.account_row(person, password_hash) for person in everybody))
    pictures.add_pictures(
        Purpose.AVATAR, drawing.avatar, [(person.number, person, person.avatar) for person in everybody], "avatar"
    )
    copy_rows(Profile, map(people.profile_row, everybody))
    copy_rows(PrivacyConsent, map(people.consent_row, everybody))
    _add_to_groups(everybody)
    _analyse(Account, Profile, Picture, PictureDigest)


def _add_follows(everybody: list[DemoPerson], today: datetime) -> None:
    if not registry().has("follows"):
        return
    from portal.follows.models import Follow  # here, because a portal may lack the feature

    copy_rows(Follow, (followers.follow_row(pair, today) for pair in followers.follower_pairs(everybody)))
    _analyse(Follow)


def _add_events(events: list[SampleEvent]) -> None:
    pictures.add_pictures(
        Purpose.COVER, drawing.cover, [(event.number, event.owner, event.cover) for event in events], "cover"
    )
    copy_rows(Event, map(sample_events.event_row, events))
    copy_rows(Participation, (row for event in events for row in sample_events.participation_rows(event)))
    _analyse(Event, Participation)


def _add_to_groups(everybody: list[DemoPerson]) -> None:
    groups = {group.name: group.id for group in db.session.scalars(sa.select(Group))}
    keys = {person.key: person for person in everybody[:NAMED_PEOPLE]}
    rows = [(keys["mona"], MODERATORS), (keys["adam"], ADMINISTRATORS)]
    copy_rows(
        Membership,
        ({"account_id": person.id, "group_id": groups[name], "assigned_at": person.joined_at} for person, name in rows),
    )


def _analyse(*models: type[Base]) -> None:
    """Update the statistics of the tables, so that the first pages are planned on the new rows."""
    for model in models:
        db.session.execute(sa.text(f"ANALYZE {model.__tablename__}"))
