"""The demo data: plausible, always the same for a day, added once, never in production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core import clock
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Forbidden, Invalid
from portal.demo import drawing, services
from portal.demo.services import SeedResult
from portal.events.models import Attendance, Event, Participation
from portal.extensions import db
from portal.files import storage
from portal.files.models import Picture, Purpose
from portal.permissions.models import Group, Membership
from portal.profiles.models import Audience, Profile

pytestmark = pytest.mark.slow

COMMAND = system_actor(Channel.COMMAND)
TABLES = "accounts, profiles, pictures, events, participations, audit_entries, permission_memberships"


@pytest.fixture(scope="module")
def seeded(_world_app: PortalFlask) -> Iterator[PortalFlask]:
    """Seed the demo data with 400 people and 60 events."""
    with _world_app.app_context():
        with unit_of_work():
            assert services.seed(COMMAND, people_count=400, events_count=60) == SeedResult(400, 60)
        yield _world_app
        with unit_of_work():
            db.session.execute(sa.text(f"TRUNCATE {TABLES} CASCADE"))


def fingerprint() -> list[Any]:
    """Return everything that was written, except for the password hash, whose salt is random."""
    skipped = {"password_hash"}
    rows: list[Any] = []
    for model in (Account, Profile, Picture, Event, Participation):
        columns = [column for column in model.__table__.c if column.name not in skipped]
        rows += sorted(map(str, db.session.execute(sa.select(*columns)).all()))
    return rows


def number(statement: sa.Select[Any]) -> float:
    return float(db.session.scalars(statement).one())


def seed_on(day: datetime, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the fingerprint of new demo data of that day, which is rolled back."""
    monkeypatch.setattr(clock, "source", lambda: day)
    try:
        db.session.execute(sa.text(f"TRUNCATE {TABLES} CASCADE"))
        services.seed(COMMAND, people_count=120, events_count=20)
        return fingerprint()
    finally:
        db.session.rollback()


def test_seeding_again_changes_nothing(seeded: PortalFlask) -> None:
    before = fingerprint()
    with unit_of_work():
        assert services.seed(COMMAND, people_count=500) is None
    assert fingerprint() == before


def test_the_same_day_gives_the_same_data(seeded: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2026, 5, 4, 9, tzinfo=UTC)
    with unit_of_work():
        assert seed_on(day, monkeypatch) == seed_on(day.replace(hour=17), monkeypatch)


def test_another_day_gives_other_events(seeded: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work():
        assert seed_on(datetime(2026, 5, 4, tzinfo=UTC), monkeypatch) != seed_on(
            datetime(2026, 5, 5, tzinfo=UTC), monkeypatch
        )


@pytest.mark.parametrize(
    ("key", "verified", "banned"),
    [
        ("alina", True, False),
        ("bob", True, False),
        ("mona", True, False),
        ("adam", True, False),
        ("nina", False, False),
        ("boris", True, True),
    ],
)
def test_known_people_have_their_account_status(seeded: PortalFlask, key: str, verified: bool, banned: bool) -> None:
    account = db.session.scalars(sa.select(Account).where(Account.email == f"{key}@demo.example")).one()
    assert (account.is_verified, account.is_banned(clock.now())) == (verified, banned)


def test_known_people_have_their_groups(seeded: PortalFlask) -> None:
    joined = sa.select(Account.first_name, Group.name).join(Membership, Membership.account_id == Account.id)
    groups = db.session.execute(joined.join(Group, Group.id == Membership.group_id)).all()
    assert sorted(map(tuple, groups)) == [("Adam", "administrators"), ("Mona", "moderators")]


def test_all_accounts_have_the_demo_password(seeded: PortalFlask) -> None:
    assert db.session.scalar(sa.select(sa.func.count(Account.password_hash.distinct()))) == 1


def test_all_emails_are_at_a_reserved_domain(seeded: PortalFlask) -> None:
    emails = db.session.scalars(sa.select(Account.email)).all()
    assert all(email.endswith("@demo.example") for email in emails)


def test_names_are_latin_cyrillic_and_with_diacritics(seeded: PortalFlask) -> None:
    names = " ".join(db.session.scalars(sa.select(Account.first_name + Account.last_name)))
    assert any("а" <= char <= "я" for char in names)
    assert any("\u00c0" <= char <= "\u017f" for char in names)
    assert any("a" <= char <= "z" for char in names)


def test_people_live_in_many_cities_and_more_in_kazan_than_in_berlin(seeded: PortalFlask) -> None:
    counted = sa.select(Profile.city_id, sa.func.count()).where(Profile.city_id.is_not(None)).group_by(Profile.city_id)
    people = dict(db.session.execute(counted).all())
    assert len(people) > 80
    assert people[551487] > people[2950159]


def test_most_people_show_their_city_to_members(seeded: PortalFlask) -> None:
    shown = sa.func.count().filter(Profile.city_audience.in_([Audience.MEMBERS, Audience.PUBLIC]))
    assert number(sa.select(shown * 100 / sa.func.count()).select_from(Profile)) > 75


@pytest.mark.needs_feature("follows")
def test_follows_begin_after_both_people_have_joined(seeded: PortalFlask) -> None:
    from portal.follows.models import Follow

    follower, followed, back = sa.orm.aliased(Account), sa.orm.aliased(Account), sa.orm.aliased(Follow)
    pairs = sa.select(sa.func.count()).select_from(Follow).join(follower, Follow.follower_id == follower.id)
    pairs = pairs.join(followed, Follow.followed_id == followed.id)
    late = Follow.created_at >= sa.func.greatest(follower.created_at, followed.created_at)
    mutual = sa.exists().where(back.follower_id == Follow.followed_id, back.followed_id == Follow.follower_id)
    assert number(pairs) > 60
    assert db.session.scalar(pairs.where(~late | follower.banned_at.is_not(None))) == 0
    assert number(pairs.where(mutual)) > 10


def test_avatars_are_shared_files_that_exist(seeded: PortalFlask) -> None:
    digests = db.session.scalars(sa.select(Picture.digest).where(Picture.purpose == Purpose.AVATAR)).all()
    assert len(set(digests)) < len(digests)
    assert all(storage.original_path(digest).exists() for digest in digests)


def going(*, state: Attendance = Attendance.GOING) -> sa.ScalarSelect[Any]:
    counted = sa.select(sa.func.count()).where(Participation.event_id == Event.id, Participation.state == state)
    return counted.correlate(Event).scalar_subquery()


@pytest.mark.parametrize(
    "condition",
    [
        Event.starts_at < sa.func.now(),
        (Event.starts_at > sa.func.now()) & (Event.approval == "approved"),
        Event.is_online,
        Event.approval == "pending",
        Event.approval == "declined",
        Event.cancelled_at.is_not(None),
        (Event.capacity == going()) & (going(state=Attendance.WAITING) > 0),
        Event.capacity - going() == 1,
        Event.cover_id.is_not(None),
        Event.cost > 0,
    ],
    ids=["past", "coming", "online", "pending", "declined", "cancelled", "full", "last_place", "cover", "paid"],
)
def test_events_show_every_scenario(seeded: PortalFlask, condition: sa.ColumnElement[bool]) -> None:
    assert number(sa.select(sa.func.count()).select_from(Event).where(condition)) > 0


def test_no_event_has_more_participants_than_places(seeded: PortalFlask) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(going() > Event.capacity)) == 0


def test_every_organiser_goes(seeded: PortalFlask) -> None:
    attends = sa.exists().where(Participation.event_id == Event.id, Participation.account_id == Event.owner_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(~attends)) == 0


def test_events_are_in_at_least_five_time_zones(seeded: PortalFlask) -> None:
    assert number(sa.select(sa.func.count(Event.time_zone.distinct()))) >= 5


def test_seeding_without_cities_is_refused(tx: PortalFlask) -> None:
    with tx.app_context(), pytest.raises(Invalid, match="no_cities"):
        services.seed(COMMAND)


def test_seeding_in_production_is_refused(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    production = tx.config["PORTAL"].model_copy(update={"environment": "PROD"})
    monkeypatch.setitem(tx.config, "PORTAL", production)
    with tx.app_context(), pytest.raises(Forbidden):
        services.seed(COMMAND)


def test_pictures_depend_on_their_number_only() -> None:
    assert drawing.avatar(7) == drawing.avatar(7) != drawing.avatar(8)
    assert drawing.cover(1) == drawing.cover(1)
