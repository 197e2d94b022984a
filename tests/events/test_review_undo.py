"""Undoing a decision of the office about an event, before the messages about it leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.accounts.status import reversible
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.events import services
from portal.outbox import claims
from portal.permissions.catalogue import Permission
from tests.events.conftest import Act, actor_of
from tests.events.races.test_races import run_concurrently
from tests.events.state import audited, notices_of
from tests.factories import make_event, row

DECISION = ("approval", "decided_at", "decided_by", "decision_note")
DECLINE = partial(services.decline_undoably, reason="Tell us where.")

CASES = [
    pytest.param(services.approve_undoably, Approval.PENDING, id="approve"),
    pytest.param(services.approve_undoably, Approval.DECLINED, id="approve declined"),
    pytest.param(DECLINE, Approval.PENDING, id="decline"),
    pytest.param(DECLINE, Approval.APPROVED, id="decline approved"),
]


@pytest.mark.parametrize(("decision", "approval"), CASES)
def test_an_undone_decision_reaches_nobody(
    app: PortalFlask,
    decide: Act,
    mona: Account,
    alina: Account,
    bob: Account,
    clock: Any,
    decision: Callable[..., Any],
    approval: Approval,
) -> None:
    event = make_event(alina, going=(bob,), approval=approval, decision_note="As before.")
    before = {name: row(event)[name] for name in DECISION}
    reviewed = decide(mona, decision, event.id)
    assert row(event)["approval"] != approval
    assert notices_of(app, alina)
    clock.move(seconds=9.9)
    decide(mona, services.undo_decision, reviewed.act_id)
    assert {name: row(event)[name] for name in DECISION} == before
    assert (notices_of(app, alina), notices_of(app, bob)) == ([], [])
    clock.move(days=1)
    with app.app_context():
        assert claims.claim("mail") is None
    assert audited(app)[-1] == "events.undo_decision"


@pytest.mark.parametrize(("decision", "approval"), CASES)
def test_after_ten_seconds_a_decision_stays(
    app: PortalFlask,
    decide: Act,
    mona: Account,
    alina: Account,
    clock: Any,
    decision: Callable[..., Any],
    approval: Approval,
) -> None:
    event = make_event(alina, approval=approval)
    reviewed = decide(mona, decision, event.id)
    clock.move(seconds=10)
    with pytest.raises(Conflict) as refused:
        decide(mona, services.undo_decision, reviewed.act_id)
    assert refused.value.code == "too_late"
    assert row(event)["approval"] != approval
    assert notices_of(app, alina)
    with app.app_context():
        assert claims.claim("mail") is not None


def test_an_event_that_was_decided_again_is_left_alone(
    app: PortalFlask, decide: Act, mona: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    reviewed = decide(mona, services.approve_undoably, event.id)
    decide(mona, services.unapprove, event.id)
    with pytest.raises(Conflict) as refused:
        decide(mona, services.undo_decision, reviewed.act_id)
    assert refused.value.code == "changed_since"


def test_only_who_decided_can_undo(
    app: PortalFlask, decide: Act, act: Act, mona: Account, adam: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    reviewed = decide(mona, services.approve_undoably, event.id)
    for attempt, account in ((decide, adam), (act, mona)):
        with pytest.raises(Forbidden):
            attempt(account, services.undo_decision, reviewed.act_id)
    assert row(event)["approval"] == Approval.APPROVED


def test_the_act_of_a_person_is_no_act_of_an_event(
    app: PortalFlask, decide: Act, mona: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    reviewed = decide(mona, services.approve_undoably, event.id)
    with pytest.raises(NotFound):
        decide(mona, reversible.undo, reviewed.act_id)


@pytest.mark.parametrize("reason", ["", "  ", "\n", "\u200b"])
def test_declining_needs_a_reason(app: PortalFlask, decide: Act, mona: Account, alina: Account, reason: str) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    with pytest.raises(Invalid) as refused:
        decide(mona, services.decline_undoably, event.id, reason)
    assert refused.value.field == "note"
    assert row(event)["approval"] == Approval.PENDING


@pytest.mark.concurrency
def test_undo_pressed_many_times_at_once_undoes_once(committed: PortalFlask, mona: Account, alina: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    office = actor_of(mona, Permission.EVENTS_MODERATE)
    [reviewed] = run_concurrently(committed, [lambda: services.approve_undoably(office, event.id).act_id])
    answers = run_concurrently(committed, [lambda: services.undo_decision(office, reviewed).approval] * 8)
    assert Counter(answers) == {"pending": 1, "already_undone": 7}


@pytest.mark.concurrency
@pytest.mark.parametrize(("decision", "approval"), CASES[::2])
def test_a_button_pressed_many_times_at_once_decides_once(
    committed: PortalFlask, mona: Account, alina: Account, decision: Callable[..., Any], approval: Approval
) -> None:
    event = make_event(alina, approval=approval)
    office = actor_of(mona, Permission.EVENTS_MODERATE)
    answers = run_concurrently(committed, [lambda: decision(office, event.id).act_id] * 8)
    assert len(set(answers)) == 1
    assert len(audited(committed)) == len(notices_of(committed, alina)) == 1


@pytest.mark.concurrency
def test_of_colleagues_who_decide_the_same_at_once_one_is_first(
    committed: PortalFlask, mona: Account, adam: Account, alina: Account
) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    offices = [actor_of(account, Permission.EVENTS_MODERATE) for account in (mona, adam)]
    tasks: list[Callable[[], Any]] = [partial(services.approve_undoably, office, event.id) for office in offices]
    assert run_concurrently(committed, tasks).count("already_approved") == 1
    assert notices_of(committed, alina) == ["events.approved"]
