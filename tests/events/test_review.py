"""Decisions of the alumni office about events."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.events import queries, services
from portal.events.models import NOTE_MAX
from tests.events.conftest import Act
from tests.events.state import audited, notices_of
from tests.factories import make_event, row


def test_approving_notifies_the_organiser(app: PortalFlask, decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    decide(mona, services.approve, event.id)
    assert (row(event)["approval"], row(event)["decided_by"]) == (Approval.APPROVED, mona.id)
    assert notices_of(app, alina) == ["events.approved"]
    assert audited(app) == ["events.approve"]


def test_declining_stores_the_note_and_notifies_the_organiser(
    app: PortalFlask, decide: Act, mona: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    decide(mona, services.decline, event.id, note="  Twice the same. ")
    assert (row(event)["approval"], row(event)["decision_note"]) == (Approval.DECLINED, "Twice the same.")
    assert notices_of(app, alina) == ["events.declined"]


def test_declining_an_approved_event_notifies_participants(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, bob: Account
) -> None:
    event = make_event(alina, going=(bob,))
    decide(mona, services.decline, event.id)
    assert notices_of(app, bob) == ["events.cancelled"]


def test_approving_again_notifies_participants(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, bob: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING, going=(bob,))
    decide(mona, services.approve, event.id)
    assert notices_of(app, bob) == ["events.changed"]


def test_unapproving_returns_an_event_to_review(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, bob: Account
) -> None:
    event = make_event(alina, going=(bob,))
    decide(mona, services.unapprove, event.id)
    assert row(event)["approval"] == Approval.PENDING
    assert notices_of(app, alina) == ["events.returned"]
    assert notices_of(app, bob) == [], "the event may still take place"


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (Approval.APPROVED, services.approve),
        (Approval.DECLINED, services.decline),
        (Approval.PENDING, services.unapprove),
    ],
)
def test_the_same_decision_twice_is_refused(
    decide: Act, mona: Account, alina: Account, state: Approval, again: Act
) -> None:
    event = make_event(alina, approval=state)
    with pytest.raises(Conflict):
        decide(mona, again, event.id)


def test_members_cannot_approve_events(act: Act, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    with pytest.raises(Forbidden):
        act(alina, services.approve, event.id)


def test_a_note_that_is_too_long_is_refused(decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    with pytest.raises(Invalid):
        decide(mona, services.decline, event.id, note="x" * (NOTE_MAX + 1))


def test_events_to_review_are_ordered_by_waiting_time(act: Act, decide: Act, mona: Account, alina: Account) -> None:
    first, second = (make_event(alina, approval=Approval.PENDING) for _ in range(2))
    make_event(alina)
    make_event(alina, approval=Approval.PENDING, cancelled_at=first.created_at)
    assert [event.id for event in decide(mona, queries.to_review)] == [first.id, second.id]
    assert decide(mona, queries.to_review_count) == 2


def test_deciding_on_an_unknown_event_returns_not_found(decide: Act, mona: Account, alina: Account) -> None:
    with pytest.raises(NotFound):
        decide(mona, services.approve, alina.id)
