"""Services of events called directly by those who may not, and both sides of each limit."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.approval import Approval
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError, Forbidden, Invalid, NotFound
from portal.events import services
from portal.events.models import (
    CAPACITY_MAX,
    COST_MAX,
    DESCRIPTION_MAX,
    DURATION_MAX,
    NOTE_MAX,
    PLACE_MAX,
    TITLE_MAX,
    Event,
)
from tests.events.conftest import Act, actor_of
from tests.events.state import attendance, audited
from tests.events.test_lifecycle import event_input, replacing
from tests.factories import make_account, make_event, row

Write = Callable[[Actor, uuid.UUID], Any]

OF_THE_ORGANISER: dict[str, Write] = {
    "edit": lambda actor, event: services.edit(actor, event, replacing(title="Mine now")),
    "cancel": services.cancel,
    "delete": services.delete,
    "remove": lambda actor, event: services.remove(actor, event, make_account().id),
}
OF_THE_OFFICE: dict[str, Write] = {
    "approve": services.approve,
    "decline": lambda actor, event: services.decline(actor, event, "No."),
    "unapprove": services.unapprove,
}
OF_MEMBERS: dict[str, Write] = {"join": services.join, "leave": services.leave}
VISITOR = Actor(channel=Channel.COMMAND)


def refusal_of(app: PortalFlask, actor: Actor, write: Write, event: Event) -> DomainError | None:
    """Return the error with which a service refuses an actor; None if it does not."""
    with app.app_context():
        try:
            with unit_of_work():
                write(actor, event.id)
        except DomainError as refusal:
            return refusal
    return None


@pytest.mark.parametrize("name", OF_THE_ORGANISER)
def test_members_and_participants_do_nothing_that_is_the_organisers(
    app: PortalFlask, alina: Account, bob: Account, name: str
) -> None:
    event = make_event(bob, going=(alina,))
    before = row(event)
    for person in (alina, make_account()):
        assert isinstance(refusal_of(app, actor_of(person), OF_THE_ORGANISER[name], event), Forbidden)
    assert (row(event), audited(app)) == (before, [])
    assert set(attendance(app, event)) == {alina.id, bob.id}


@pytest.mark.parametrize("name", OF_THE_OFFICE)
@pytest.mark.parametrize("approval", Approval)
def test_nobody_but_the_office_decides_not_even_the_organiser(
    app: PortalFlask, alina: Account, bob: Account, name: str, approval: Approval
) -> None:
    event = make_event(bob, approval=approval)
    for actor in (actor_of(bob), actor_of(alina), actor_of(alina, "people:read-all"), VISITOR):
        assert isinstance(refusal_of(app, actor, OF_THE_OFFICE[name], event), Forbidden)
    assert (row(event)["approval"], audited(app)) == (approval, [])


@pytest.mark.parametrize("name", OF_THE_ORGANISER | OF_MEMBERS)
@pytest.mark.parametrize("approval", [Approval.PENDING, Approval.DECLINED])
def test_what_others_cannot_see_does_not_exist_for_them(
    app: PortalFlask, alina: Account, bob: Account, name: str, approval: Approval
) -> None:
    event = make_event(bob, approval=approval)
    refusal = refusal_of(app, actor_of(alina), (OF_THE_ORGANISER | OF_MEMBERS)[name], event)
    assert isinstance(refusal, NotFound)
    assert audited(app) == []


@pytest.mark.parametrize("name", OF_THE_ORGANISER | OF_MEMBERS)
def test_for_visitors_no_event_exists(app: PortalFlask, bob: Account, name: str) -> None:
    event = make_event(bob)
    assert isinstance(refusal_of(app, VISITOR, (OF_THE_ORGANISER | OF_MEMBERS)[name], event), NotFound)
    assert audited(app) == []


STARTS = datetime.fromisoformat("2031-12-06T18:00")
LIMITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"title": "x" * TITLE_MAX}, {"title": "x" * (TITLE_MAX + 1)}, "title"),
    ({"description": "x" * DESCRIPTION_MAX}, {"description": "x" * (DESCRIPTION_MAX + 1)}, "description"),
    ({"place": "x" * PLACE_MAX}, {"place": "x" * (PLACE_MAX + 1)}, "place"),
    ({"capacity": CAPACITY_MAX}, {"capacity": CAPACITY_MAX + 1}, "capacity"),
    ({"capacity": 1}, {"capacity": 0}, "capacity"),
    ({"cost": 100 * COST_MAX}, {"cost": 100 * COST_MAX + 1}, "cost"),
    ({"cost": COST_MAX, "currency": "JPY"}, {"cost": COST_MAX + 1, "currency": "JPY"}, "cost"),
    ({"cost": 1000 * COST_MAX, "currency": "KWD"}, {"cost": 1000 * COST_MAX + 1, "currency": "KWD"}, "cost"),
    ({"cost": 0}, {"cost": -1}, "cost"),
    ({"ends": STARTS + DURATION_MAX}, {"ends": STARTS + DURATION_MAX + timedelta(minutes=1)}, "ends"),
    ({"ends": STARTS}, {"ends": STARTS - timedelta(minutes=1)}, "ends"),
    (
        {"starts": datetime.fromisoformat("2100-12-31T23:59")},
        {"starts": datetime.fromisoformat("2101-01-01T00:00")},
        "starts",
    ),
]


@pytest.mark.parametrize(("allowed", "refused", "field"), LIMITS)
def test_a_value_at_the_limit_is_stored_and_the_next_is_refused(
    app: PortalFlask, act: Act, alina: Account, allowed: dict[str, Any], refused: dict[str, Any], field: str
) -> None:
    entered = event_input(starts=STARTS, time_zone="UTC")
    event = act(alina, services.create, dataclasses.replace(entered, **allowed))
    act(alina, services.edit, event.id, replacing(**allowed))
    with pytest.raises(Invalid) as raised:
        act(alina, services.edit, event.id, replacing(**refused))
    assert raised.value.field == field
    with pytest.raises(Invalid):
        act(alina, services.create, dataclasses.replace(entered, **refused))
    assert audited(app) == ["events.create"]


def test_an_event_starts_in_the_future_by_the_smallest_step(act: Act, clock: Any, alina: Account) -> None:
    clock.set(datetime.fromisoformat("2031-12-06T18:00+00:00"))
    entered = event_input(time_zone="UTC")
    with pytest.raises(Invalid):
        act(alina, services.create, dataclasses.replace(entered, starts=STARTS))
    act(alina, services.create, dataclasses.replace(entered, starts=STARTS + timedelta(seconds=1)))


@pytest.mark.parametrize(("note", "is_allowed"), [("x" * NOTE_MAX, True), ("x" * (NOTE_MAX + 1), False)])
@pytest.mark.parametrize("decision", [services.approve, services.decline])
def test_a_note_of_exactly_the_limit_is_stored(
    app: PortalFlask, decide: Act, mona: Account, bob: Account, note: str, is_allowed: bool, decision: Any
) -> None:
    event = make_event(bob, approval=Approval.PENDING)
    if not is_allowed:
        with pytest.raises(Invalid) as raised:
            decide(mona, decision, event.id, note)
        assert (raised.value.field, row(event)["approval"]) == ("note", Approval.PENDING)
        return
    decide(mona, decision, event.id, f" {note} ")
    assert row(event)["decision_note"] == note


def test_the_capacity_may_be_lowered_to_those_who_go(act: Act, alina: Account, bob: Account) -> None:
    event = make_event(alina, going=(bob, make_account()), is_online=True)
    act(alina, services.edit, event.id, replacing(capacity=3))
    with pytest.raises(Invalid):
        act(alina, services.edit, event.id, replacing(capacity=2))
    assert row(event)["capacity"] == 3
