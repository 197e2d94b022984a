"""Who is notified about an event, and what each gets; the number of statements does not grow with that of people."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.events import services
from portal.events.models import Attendance, Event, Participation
from portal.extensions import db
from portal.notifications.models import Notice
from portal.outbox.models import OutboxMessage
from tests.events.conftest import Act
from tests.factories import make_account, make_city, make_event
from tests.support.statements import counting

LISBON = "Europe/Lisbon"
MOST = 11
"""Statements of the most costly act; cancelling takes half of them."""
PEOPLE: dict[str, tuple[dict[str, Any], bool, str, str | None]] = {
    "chose nothing": ({}, True, "en", None),
    "reads Russian": ({"locale": "ru"}, True, "ru", None),
    "chose a time zone": ({"time_zone": "Asia/Tokyo"}, True, "en", "Asia/Tokyo"),
    "lives in a city": ({"profile": {"city": LISBON}}, True, "en", LISBON),
    "chose another zone than the city's": (
        {"time_zone": "Asia/Tokyo", "profile": {"city": LISBON}},
        True,
        "en",
        "Asia/Tokyo",
    ),
    "lives where the zone is unknown": ({"profile": {"city": "Mars/Olympus"}}, True, "en", None),
    "is not verified": ({"verified": False}, False, "", None),
    "is banned": ({"banned": True}, False, "", None),
    "is banned for a day": ({"banned": True, "banned_until": now() + timedelta(days=1)}, False, "", None),
    "was banned": ({"banned": True, "banned_until": now() - timedelta(days=1)}, True, "en", None),
    "uses a quoted name": ({"email": "o'brien+%s@demo.example", "locale": "ru"}, True, "ru", None),
}
"""The columns of a person who goes to an event; whether they get an email, its language and the zone in the payload."""


def make_person(values: dict[str, Any]) -> Account:
    profile = dict(values.get("profile", {}))
    if zone := profile.pop("city", None):
        profile["city_id"] = make_city("Somewhere", time_zone=zone).id
    return make_account(**{**values, "profile": profile})


def notices(app: PortalFlask) -> dict[str, tuple[Any, ...]]:
    """Return the columns of every notice by its key."""
    table = Notice.__table__.c
    columns = (table.account_id, table.kind, table.payload, table.target_url, table.read_at)
    with app.app_context():
        rows = db.session.execute(select(table.key, *columns)).all()
    return {row.key: tuple(row)[1:] for row in rows}


def messages(app: PortalFlask) -> dict[str, tuple[Any, ...]]:
    """Return the columns of every message by its key."""
    table = OutboxMessage.__table__.c
    columns = (table.recipient, table.locale, table.payload, table.kind, table.channel, table.state, table.attempts)
    with app.app_context():
        rows = db.session.execute(select(table.key, *columns, table.good_until, table.lease)).all()
    return {row.key: tuple(row)[1:] for row in rows}


def expected_payload(event: Event, city: City, zone: str | None) -> dict[str, Any]:
    starts = event.starts_local.isoformat()
    when = {
        "starts": starts,
        "ends": None,
        "starts_at": event.starts_at.isoformat(),
        "time_zone": event.time_zone,
        "city": {"name": city.name, "name_ru": city.name_ru},
        "viewer_zone": zone,
    }
    return {"title": event.title, "starts": starts, "place": event.place, "when": when}


def test_each_gets_a_notice_and_who_can_sign_in_an_email_in_their_language_and_time(
    app: PortalFlask, act: Act, alina: Account, kazan: City, clock: Any
) -> None:
    people = {name: make_person(values) for name, (values, *_rest) in PEOPLE.items()}
    event = make_event(alina, going=tuple(people.values()), city_id=kazan.id, title='100 % "Picnic" {now}')
    at = now()
    act(alina, services.cancel, event.id)

    key, path = f"events.cancelled:{event.id}:{at.isoformat()}", f"/events/{event.id}"
    expected_notices, expected_messages = {}, {}
    for name, (_values, is_mailed, locale, zone) in PEOPLE.items():
        person, payload = people[name], expected_payload(event, kazan, zone)
        own = f"{key}:{person.id}"
        expected_notices[own] = (person.id, "events.cancelled", payload, path, None)
        if is_mailed:
            mail = (person.email, locale, payload | {"target_url": path}, "events.cancelled", "mail", "waiting", 0)
            expected_messages[f"{own}:mail"] = (*mail, None, None)
    assert notices(app) == expected_notices
    assert messages(app) == expected_messages
    with app.app_context():
        moments = select(OutboxMessage.created_at, OutboxMessage.due_at).distinct()
        assert db.session.execute(moments).all() == [(at, at)]
        assert set(db.session.scalars(select(Notice.created_at))) == {at}


def make_crowd(app: PortalFlask, number: int, event: Event, state: Attendance) -> None:
    """Store people who go to the event or wait for a place, at once."""
    with app.app_context():
        people = [
            {"id": new_id(), "email": f"{new_id()}@demo.example", "first_name": "Test", "last_name": "Person"}
            for _ in range(number)
        ]
        db.session.execute(insert(Account), [person | {"role": "alumni", "verified_at": now()} for person in people])
        rows = [{"event_id": event.id, "account_id": person["id"], "state": state} for person in people]
        db.session.execute(insert(Participation), rows)
        db.session.commit()


def widen(actor: Actor, event_id: uuid.UUID) -> object:
    return services.edit(actor, event_id, lambda before: dataclasses.replace(before, capacity=1000))


def move(actor: Actor, event_id: uuid.UUID) -> object:
    return services.edit(actor, event_id, lambda before: dataclasses.replace(before, place="Museum"))


DECLINE = partial(services.decline, note="Tell us where.")
ACTS: dict[str, tuple[Callable[..., object], Approval, Attendance, str]] = {
    "cancel": (services.cancel, Approval.APPROVED, Attendance.GOING, "events.cancelled"),
    "delete": (services.delete, Approval.APPROVED, Attendance.WAITING, "events.cancelled"),
    "change": (move, Approval.APPROVED, Attendance.GOING, "events.changed"),
    "approve": (services.approve, Approval.PENDING, Attendance.GOING, "events.changed"),
    "decline": (DECLINE, Approval.APPROVED, Attendance.GOING, "events.cancelled"),
    "more places": (widen, Approval.APPROVED, Attendance.WAITING, "events.place_free"),
}
"""What notifies many people: the act, the approval of the event before, what the people are, and what they get."""


@pytest.mark.parametrize("name", ACTS)
def test_three_hundred_people_are_notified_in_as_many_statements_as_three(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, kazan: City, name: str
) -> None:
    do, approval, state, kind = ACTS[name]
    sent = []
    for number in (3, 300):
        event = make_event(alina, approval=approval, city_id=kazan.id, capacity=1)
        make_crowd(app, number, event, state)
        with counting(app) as ran:
            decide(mona, do, event.id)
        sent.append(len(ran))
        of_event = f"{kind}:{event.id}:"
        notified = [key for key in notices(app) if key.startswith(of_event)]
        mailed = [key for key in messages(app) if key.startswith(of_event)]
        by_their_organiser = name in {"cancel", "delete", "change"}
        assert (len(notified), len(mailed)) == (number + by_their_organiser,) * 2
    assert sent[0] == sent[1] <= MOST
