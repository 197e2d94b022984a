"""Every service that writes an event waits for the transaction before it, and then acts on what that has committed."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError
from portal.events import services
from portal.events.models import Attendance, Event, Participation
from portal.extensions import db
from portal.permissions.catalogue import Permission
from tests.events.conftest import actor_of
from tests.events.state import audited
from tests.factories import make_account, make_event
from tests.support.locks import wait_until_blocked

pytestmark = pytest.mark.concurrency


class People(NamedTuple):
    """The actors of a race, and a person who goes to the event."""

    owner: Actor
    office: Actor
    member: Actor
    goes: uuid.UUID


Write = Callable[[People, uuid.UUID], Any]
Before = Callable[[Event, People], None]


def revised(**values: Any) -> Callable[[Any], Any]:
    return lambda before: dataclasses.replace(before, **values)


def set_columns(**values: Any) -> Before:
    def change(event: Event, people: People) -> None:
        for name, value in values.items():
            setattr(event, name, value)

    return change


def remove_the_guest(event: Event, people: People) -> None:
    db.session.delete(db.session.get_one(Participation, (event.id, people.goes)))


def add_two_guests(event: Event, people: People) -> None:
    for person in (people.member.id, people.office.id):
        db.session.add(Participation(event_id=event.id, account_id=person, state=Attendance.GOING))


def delete_it(event: Event, people: People) -> None:
    db.session.delete(event)


CANCELLED = set_columns(cancelled_at=now())
RACES: dict[str, tuple[dict[str, Any], Before, Write, str]] = {
    "join after it became full": (
        {},
        set_columns(capacity=2),
        lambda people, event: services.join(people.member, event).state,
        "waiting",
    ),
    "join after it was cancelled": (
        {},
        CANCELLED,
        lambda people, event: services.join(people.member, event),
        "not_open",
    ),
    "leave after being removed": (
        {},
        remove_the_guest,
        lambda people, event: services.leave(dataclasses.replace(people.member, account_id=people.goes), event),
        "None",
    ),
    "remove somebody who has left": (
        {},
        remove_the_guest,
        lambda people, event: services.remove(people.owner, event, people.goes),
        "False",
    ),
    "cancel what is cancelled": (
        {},
        CANCELLED,
        lambda people, event: services.cancel(people.owner, event),
        "already_cancelled",
    ),
    "lower the capacity after two joined": (
        {},
        add_two_guests,
        lambda people, event: services.edit(people.owner, event, revised(capacity=3)),
        "too_few_places",
    ),
    "edit what is cancelled": (
        {},
        CANCELLED,
        lambda people, event: services.edit(people.owner, event, revised(title="Other")),
        "cancelled",
    ),
    "approve what is approved": (
        {"approval": Approval.PENDING},
        set_columns(approval=Approval.APPROVED),
        lambda people, event: services.approve(people.office, event),
        "already_approved",
    ),
    "decline what is declined": (
        {},
        set_columns(approval=Approval.DECLINED),
        lambda people, event: services.decline(people.office, event, "No."),
        "already_declined",
    ),
    "unapprove what waits": (
        {},
        set_columns(approval=Approval.PENDING),
        lambda people, event: services.unapprove(people.office, event),
        "already_pending",
    ),
    "delete what is deleted": (
        {},
        delete_it,
        lambda people, event: services.delete(people.owner, event),
        "no_such_event",
    ),
}
"""The event, what the transaction before commits about it, the writer that waits for it, and what that answers."""


@pytest.mark.parametrize("name", RACES)
def test_a_writer_acts_on_what_the_transaction_before_it_has_committed(committed: PortalFlask, name: str) -> None:
    values, before, write, expected = RACES[name]
    owner, guest, member, office = (make_account() for _ in range(4))
    event = make_event(owner, going=(guest,), is_online=True, **values)
    people = People(actor_of(owner), actor_of(office, Permission.EVENTS_MODERATE), actor_of(member), guest.id)
    with ThreadPoolExecutor(1) as pool:
        with committed.app_context(), unit_of_work():
            locked = db.session.get_one(Event, event.id, with_for_update=True)
            answer = pool.submit(answer_of, committed, lambda: write(people, event.id))
            wait_until_blocked(answer)
            before(locked, people)
        assert answer.result() == expected
    is_written = expected == "waiting"
    assert audited(committed) == (["events.join"] if is_written else [])


def answer_of(app: PortalFlask, write: Callable[[], Any]) -> str:
    """Return the result of a writer as text, or the code of its refusal."""
    try:
        with app.app_context(), unit_of_work():
            return str(write())
    except DomainError as refusal:
        return refusal.code


def test_of_many_at_once_who_cancel_one_succeeds(committed: PortalFlask, alina: Account, bob: Account) -> None:
    event = make_event(alina, going=(bob,))
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda _: answer_of(committed, lambda: services.cancel(actor_of(alina), event.id).id), range(5))
        )
    assert sorted(answers) == sorted([str(event.id), *["already_cancelled"] * 4])
    assert audited(committed) == ["events.cancel"]
