"""Rows with sensible defaults; each function commits in a context of its own and returns a detached row."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any, TypeVar

import flask

from portal.accounts.models import Account, Role, SignIn
from portal.cities.loading import search_text
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.events.models import Attendance, Event, Participation
from portal.extensions import db
from portal.permissions.models import Group, Membership
from portal.profiles.models import Audience, Profile
from portal.texts.models import PrivacyConsent

Row = TypeVar("Row")
_serial = itertools.count(1)
_apps: list[flask.Flask] = []


def use(app: flask.Flask) -> None:
    """Store rows in the database of ``app`` from now on."""
    _apps[:] = [app]


def save(row: Row, *more: Any) -> Row:
    with _apps[-1].app_context():
        db.session.add_all((row, *more))
        db.session.commit()
    return row


def make_account(
    email: str | None = None,
    *,
    verified: bool = True,
    waiting: bool = False,
    agreed: bool = True,
    banned: bool = False,
    groups: tuple[str, ...] = (),
    profile: dict[str, Any] | None = None,
    **values: Any,
) -> Account:
    """Store a verified account of role alumni with a profile; ``groups`` are names of built-in groups.

    With ``agreed`` the person has agreed to the first privacy notice. With ``waiting`` the account is not verified: the
    person has confirmed their email and waits for the office.
    """
    serial = next(_serial)
    values = {"first_name": "Test", "last_name": f"Person{serial}", "role": Role.ALUMNI, **values}
    account = Account(id=new_id(), email=email or f"person{serial}@demo.example", **values)
    account.verified_at = now() if verified and not waiting else None
    account.email_confirmed_at = now() if verified or waiting else None
    account.banned_at = now() if banned else None
    fields = {"graduation_year": 2019, **(profile or {})}
    own = Profile(account_id=account.id, **{"class_year": fields["graduation_year"], **fields})
    memberships = [Membership(account_id=account.id, group_id=group_id(name)) for name in groups]
    consent = PrivacyConsent(account_id=account.id, version=1) if agreed else None
    save(account, own, *memberships, *filter(None, [consent]))
    return account


def group_id(name: str) -> Any:
    with _apps[-1].app_context():
        return db.session.scalars(db.select(Group.id).where(Group.name == name)).one()


def make_sign_in(account: Account, channel: str = "page") -> SignIn:
    return save(SignIn(account_id=account.id, channel=channel, expires_at=now() + timedelta(days=7)))


def end_sign_ins(account: Account) -> None:
    """End every session of the account, as somebody does elsewhere."""
    with _apps[-1].app_context():
        db.session.execute(db.update(SignIn).where(SignIn.account_id == account.id).values(ended_at=now()))
        db.session.commit()


def make_city(name: str = "Kazan", country: str = "Russia", **values: Any) -> City:
    defaults = {
        "id": 9_000_000 + next(_serial),
        "country_code": "RU",
        "lat": 55.79,
        "lng": 49.12,
        "time_zone": "Europe/Moscow",
        "population": 1_000_000,
        "search": search_text([name], []),
    }
    return save(City(name=name, country=country, **{**defaults, **values}))


def make_event(owner: Account, *, going: tuple[Account, ...] = (), **values: Any) -> Event:
    """Store an approved event in a week, whose owner is going."""
    zone_offset = timedelta(hours=3)
    starts_at: datetime = values.pop("starts_at", now().replace(microsecond=0) + timedelta(days=7))
    defaults = {
        "title": f"Event {next(_serial)}",
        "description": "We meet and talk.",
        "place": "Library",
        "time_zone": "Europe/Moscow",
        "starts_at": starts_at,
        "starts_local": (starts_at + zone_offset).replace(tzinfo=None),
        "approval": Approval.APPROVED,
    }
    event = save(Event(owner_id=owner.id, **{**defaults, **values}))
    for person in (owner, *going):
        save(Participation(event_id=event.id, account_id=person.id, state=Attendance.GOING))
    return event


def make_follow(follower: Account, followed: Account, **values: Any) -> Any:
    """Return a new ``Follow``."""
    from portal.follows.models import Follow  # here, because tests of a portal without the feature use the others

    return save(Follow(follower_id=follower.id, followed_id=followed.id, **values))


def live_in(account: Account, city: City, audience: Audience = Audience.MEMBERS) -> None:
    """Put the person on the map."""
    with _apps[-1].app_context():
        profile = db.session.get_one(Profile, account.id)
        profile.city_id, profile.city_audience = city.id, audience
        db.session.commit()


def change_profile(account: Account, **values: Any) -> None:
    """Change columns of a profile without a service."""
    with _apps[-1].app_context():
        profile = db.session.get_one(Profile, account.id)
        for name, value in values.items():
            setattr(profile, name, value)
        db.session.commit()


def row(event: Event) -> dict[str, Any]:
    """Return every column of the event as it is stored now."""
    with _apps[-1].app_context():
        stored = db.session.get_one(Event, event.id, populate_existing=True)
        return {column.name: getattr(stored, column.name) for column in Event.__table__.columns}


def update(event: Event, **values: Any) -> None:
    """Change columns without a service."""
    with _apps[-1].app_context():
        stored = db.session.get_one(Event, event.id)
        for name, value in values.items():
            setattr(stored, name, value)
        db.session.commit()
