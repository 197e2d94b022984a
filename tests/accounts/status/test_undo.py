"""Undoing what the office decided about a person, before the email about it leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.authentication import one_time_secrets, sessions
from portal.accounts.authentication.callers import resolve_actor
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.models import Account
from portal.accounts.status import decisions, questions, registrations, reversible
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.extensions import db
from portal.outbox import claims
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import ADMINISTRATORS, Permission
from portal.undo.services import UNDO_FOR
from tests.accounts.people import decide
from tests.accounts.sent_messages import message_states
from tests.admin.trail import actions
from tests.factories import make_account, make_sign_in

Decision = Callable[[Actor, uuid.UUID], reversible.Decided]

ACCEPT = partial(registrations.accept, note="Welcome.")
DECLINE = partial(registrations.decline, reason="We do not know you.")
ASK = partial(registrations.ask, question="Which faculty?")
BAN = partial(reversible.ban, reason="Advertising.", until=None)
WARN = partial(reversible.warn, text="No advertising.")


def office_actor(account: Account) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(Permission))


@pytest.fixture
def office(adam: Account) -> Actor:
    return office_actor(adam)


def status(app: PortalFlask, person: Account) -> dict[str, Any]:
    with app.app_context():
        stored = queries.get(person.id)
        return {name: getattr(stored, name) for name in reversible.COLUMNS}


CASES = [
    pytest.param(ACCEPT, {"verified": False}, id="accept"),
    pytest.param(DECLINE, {"verified": False}, id="decline"),
    pytest.param(ASK, {"verified": False}, id="ask"),
    pytest.param(BAN, {}, id="ban"),
    pytest.param(reversible.unban, {"banned": True, "ban_reason": "Spam."}, id="unban"),
    pytest.param(reversible.unverify, {}, id="unverify"),
    pytest.param(reversible.verify, {"verified": False, "verification": "mail"}, id="verify"),
    pytest.param(WARN, {}, id="warn"),
]


@pytest.mark.parametrize(("decision", "values"), CASES)
def test_an_undone_decision_leaves_the_status_and_sends_nothing(
    app: PortalFlask, office: Actor, clock: Any, decision: Decision, values: dict[str, Any]
) -> None:
    person = make_account("person@demo.example", **values)
    before = status(app, person)
    decided = decide(app, decision, office, person.id)
    clock.move(seconds=9.9)
    with app.app_context():
        assert claims.claim("mail") is None
    decide(app, reversible.undo, office, decided.act_id)
    assert status(app, person) == before
    assert [state for _kind, state in message_states(app, person.email)] == ["withdrawn"]
    assert actions(app, person)[-1] == "accounts.undo_decision"
    clock.move(days=2)
    with app.app_context():
        assert claims.claim("mail") is None


@pytest.mark.parametrize(("decision", "values"), CASES)
def test_after_ten_seconds_the_email_leaves_and_the_decision_stays(
    app: PortalFlask, office: Actor, clock: Any, decision: Decision, values: dict[str, Any]
) -> None:
    person = make_account("person@demo.example", **values)
    decided = decide(app, decision, office, person.id)
    after = status(app, person)
    clock.move(seconds=UNDO_FOR.total_seconds())
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "too_late"
    assert status(app, person) == after
    with app.app_context():
        assert claims.claim("mail") is not None


def test_a_message_that_has_been_claimed_cannot_be_undone(app: PortalFlask, office: Actor, nina: Account) -> None:
    """The database decides, not the clock: the message was made due by hand."""
    decided = decide(app, ACCEPT, office, nina.id)
    with app.app_context(), unit_of_work():
        db.session.execute(update(OutboxMessage).values(due_at=now() - timedelta(seconds=1)))
    with app.app_context():
        assert claims.claim("mail") is not None
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "too_late"
    assert status(app, nina)["verified_at"] is not None


def test_undoing_twice_is_a_conflict(app: PortalFlask, office: Actor, nina: Account) -> None:
    decided = decide(app, ACCEPT, office, nina.id)
    decide(app, reversible.undo, office, decided.act_id)
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "already_undone"
    assert actions(app, nina).count("accounts.undo_decision") == 1


def test_a_colleague_cannot_undo(app: PortalFlask, office: Actor, nina: Account) -> None:
    colleague = office_actor(make_account(groups=(ADMINISTRATORS,)))
    decided = decide(app, ACCEPT, office, nina.id)
    with pytest.raises(Forbidden):
        decide(app, reversible.undo, colleague, decided.act_id)
    assert status(app, nina)["verified_at"] is not None


@pytest.mark.parametrize(("decision", "values"), CASES)
def test_whoever_lost_the_permission_cannot_undo(
    app: PortalFlask, office: Actor, adam: Account, decision: Decision, values: dict[str, Any]
) -> None:
    person = make_account(**values)
    decided = decide(app, decision, office, person.id)
    with pytest.raises(Forbidden):
        decide(app, reversible.undo, Actor(Channel.PAGE, account_id=adam.id), decided.act_id)


def test_an_unknown_act_is_not_found(app: PortalFlask, office: Actor) -> None:
    with pytest.raises(NotFound):
        decide(app, reversible.undo, office, uuid.uuid4())


def test_a_decision_that_was_changed_since_is_kept(app: PortalFlask, office: Actor, nina: Account) -> None:
    decided = decide(app, ACCEPT, office, nina.id)
    decide(app, decisions.ban, office, nina.id)
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "changed_since"
    assert status(app, nina)["banned_at"] is not None


def test_who_signed_in_meanwhile_is_signed_out_by_undo(
    app: PortalFlask, office: Actor, nina: Account, clock: Any
) -> None:
    decided = decide(app, ACCEPT, office, nina.id)
    clock.move(seconds=3)
    sign_in = make_sign_in(nina, channel="api")
    decide(app, reversible.undo, office, decided.act_id)
    decide(app, decisions.verify, office, nina.id)
    with app.app_context():
        assert resolve_actor(sign_in.id, Channel.API) is None


@pytest.mark.parametrize("decision", [BAN, reversible.unverify])
def test_undo_lets_the_devices_stay_signed_in(
    app: PortalFlask, office: Actor, alina: Account, decision: Decision
) -> None:
    kept, ended = make_sign_in(alina), make_sign_in(alina)
    decide(app, sessions.end_one, office, alina.id, ended.id)
    decided = decide(app, decision, office, alina.id)
    decide(app, reversible.undo, office, decided.act_id)
    with app.app_context():
        assert resolve_actor(kept.id, Channel.PAGE) is not None
        assert resolve_actor(ended.id, Channel.PAGE) is None


@pytest.mark.parametrize("decision", [ACCEPT, DECLINE])
def test_undo_lets_an_open_link_work_again(app: PortalFlask, office: Actor, nina: Account, decision: Decision) -> None:
    issued = decide(app, one_time_secrets.issue, nina.id, Purpose.RESET_PASSWORD, timedelta(hours=1))
    decided = decide(app, decision, office, nina.id)
    with app.app_context():
        ended = one_time_secrets.find(issued.token, Purpose.RESET_PASSWORD)
        assert ended is not None
        assert not one_time_secrets.is_live(ended)
    decide(app, reversible.undo, office, decided.act_id)
    with app.app_context():
        live = one_time_secrets.find(issued.token, Purpose.RESET_PASSWORD)
        assert live is not None
        assert one_time_secrets.is_live(live)


def test_a_warning_that_was_read_stays(app: PortalFlask, office: Actor, alina: Account) -> None:
    decided = decide(app, WARN, office, alina.id)
    with app.app_context():
        warning = queries.unread_warnings(alina.id)[0]
    decide(app, decisions.acknowledge_warning, Actor(Channel.PAGE, account_id=alina.id), warning.id)
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "has_read"
    with app.app_context():
        assert len(queries.warnings_of(alina.id)) == 1


def test_a_question_that_was_answered_stays(app: PortalFlask, office: Actor, nina: Account) -> None:
    decided = decide(app, ASK, office, nina.id)
    with app.app_context():
        question = questions.open_question(nina.id)
    assert question is not None
    decide(app, registrations.answer, Actor(Channel.PAGE, account_id=nina.id), question.id, "Mathematics.")
    with pytest.raises(Conflict) as refused:
        decide(app, reversible.undo, office, decided.act_id)
    assert refused.value.code == "has_answered"
    assert actions(app, nina) == ["accounts.ask", "accounts.answer"]


def test_an_undone_warning_is_gone(app: PortalFlask, office: Actor, alina: Account) -> None:
    decided = decide(app, WARN, office, alina.id)
    decide(app, reversible.undo, office, decided.act_id)
    with app.app_context():
        assert not queries.warnings_of(alina.id)


@pytest.mark.parametrize("second", [WARN, ASK])
def test_undo_takes_back_one_persons_and_leaves_the_others(app: PortalFlask, office: Actor, second: Decision) -> None:
    """Of two people who were warned or asked at the same time."""
    values: dict[str, Any] = {} if second is WARN else {"verified": False}
    people = [make_account(f"{name}@demo.example", **values) for name in ("first", "second")]
    for person in people:
        last = decide(app, second, office, person.id)
    decide(app, reversible.undo, office, last.act_id)
    with app.app_context():
        left = [bool(queries.warnings_of(person.id) or questions.open_question(person.id)) for person in people]
    assert left == [True, False]
