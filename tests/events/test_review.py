"""The office's decisions."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.events import queries, services
from portal.events.models import NOTE_MAX
from tests.events.conftest import Act
from tests.events.state import audited, told
from tests.factories import make_event, row


def test_an_approved_event_is_open_and_its_organiser_is_told(
    app: PortalFlask, decide: Act, mona: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    decide(mona, services.approve, event.id)
    assert (row(event)["approval"], row(event)["decided_by"]) == (Approval.APPROVED, mona.id)
    assert told(app, alina) == ["events.approved"]
    assert audited(app) == ["events.approve"]


def test_a_declined_event_says_why(app: PortalFlask, decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    decide(mona, services.decline, event.id, note="  Twice the same. ")
    assert (row(event)["approval"], row(event)["decision_note"]) == (Approval.DECLINED, "Twice the same.")
    assert told(app, alina) == ["events.declined"]


def test_declining_an_open_event_tells_those_who_were_coming(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, bob: Account
) -> None:
    event = make_event(alina, going=(bob,))
    decide(mona, services.decline, event.id)
    assert told(app, bob) == ["events.cancelled"]


def test_approving_again_tells_those_who_go(
    app: PortalFlask, decide: Act, mona: Account, alina: Account, bob: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING, going=(bob,))
    decide(mona, services.approve, event.id)
    assert told(app, bob) == ["events.changed"]


def test_an_event_goes_back_into_the_queue(app: PortalFlask, decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(alina)
    decide(mona, services.unapprove, event.id)
    assert row(event)["approval"] == Approval.PENDING
    assert told(app, alina) == ["events.returned"]


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


def test_members_decide_nothing(act: Act, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    with pytest.raises(Forbidden):
        act(alina, services.approve, event.id)


def test_a_note_that_is_too_long_is_refused(decide: Act, mona: Account, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    with pytest.raises(Invalid):
        decide(mona, services.decline, event.id, note="x" * (NOTE_MAX + 1))


def test_the_queue_has_what_waits_longest_first(act: Act, decide: Act, mona: Account, alina: Account) -> None:
    first, second = (make_event(alina, approval=Approval.PENDING) for _ in range(2))
    make_event(alina)
    make_event(alina, approval=Approval.PENDING, cancelled_at=first.created_at)
    assert [event.id for event in decide(mona, queries.to_review)] == [first.id, second.id]
    assert decide(mona, queries.to_review_count) == 2


def test_a_decision_about_nothing_is_refused(decide: Act, mona: Account, alina: Account) -> None:
    with pytest.raises(NotFound):
        decide(mona, services.approve, alina.id)
