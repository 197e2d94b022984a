"""The review of registrations: accept with a note, decline with a reason, ask and be answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from portal.accounts.models import REASON_MAX, Account
from portal.accounts.status import decisions, questions, registrations
from portal.accounts.status.models import ANSWER_MAX, OfficeQuestion
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.permissions.catalogue import ADMINISTRATORS
from tests.accounts.people import decide
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.accounts.status.test_undo import office_actor
from tests.admin.trail import actions
from tests.factories import make_account

ACTS = [
    pytest.param(registrations.accept, id="accept"),
    pytest.param(partial(registrations.decline, reason="Unknown."), id="decline"),
    pytest.param(partial(registrations.ask, question="Which year?"), id="ask"),
]


@pytest.fixture
def office(adam: Account) -> Actor:
    return office_actor(adam)


def own_actor(person: Account) -> Actor:
    return Actor(Channel.PAGE, account_id=person.id)


def asked(app: PortalFlask, person: Account) -> OfficeQuestion:
    with app.app_context():
        question = questions.open_question(person.id)
        assert question is not None
        return question


@pytest.mark.parametrize("note", ["", "Welcome back,\nclass of 2018."])
def test_the_note_is_in_the_email(app: PortalFlask, office: Actor, nina: Account, note: str) -> None:
    decide(app, registrations.accept, office, nina.id, f"  {note} ")
    assert payload_of(app, nina.email, "accounts.verified")["note"] == note


def test_the_reason_is_in_the_email(app: PortalFlask, office: Actor, nina: Account) -> None:
    decide(app, registrations.decline, office, nina.id, "We could not find you.")
    assert payload_of(app, nina.email, "accounts.declined")["reason"] == "We could not find you."
    assert actions(app, nina) == ["accounts.decline"]


@pytest.mark.parametrize("text", ["", " \n "])
@pytest.mark.parametrize("act", [registrations.decline, registrations.ask])
def test_declining_and_asking_need_a_text(
    app: PortalFlask, office: Actor, nina: Account, act: Callable[..., Any], text: str
) -> None:
    with pytest.raises(Invalid) as refused:
        decide(app, act, office, nina.id, text)
    assert refused.value.field == "note"
    assert sent_messages(app, nina.email) == []


@pytest.mark.parametrize("act", [registrations.accept, registrations.decline, registrations.ask])
def test_a_text_of_exactly_the_limit_is_taken(
    app: PortalFlask, office: Actor, nina: Account, act: Callable[..., Any]
) -> None:
    with pytest.raises(Invalid):
        decide(app, act, office, nina.id, "x" * (REASON_MAX + 1))
    decide(app, act, office, nina.id, "x" * REASON_MAX)
    assert len(actions(app, nina)) == 1


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", [{"verified": True}, {"verified": False, "banned": True}])
def test_nothing_happens_to_somebody_who_does_not_wait(
    app: PortalFlask, office: Actor, act: Callable[..., Any], status: dict[str, Any]
) -> None:
    person = make_account(**status)
    with pytest.raises(Conflict):
        decide(app, act, office, person.id)
    assert actions(app, person) == []
    assert sent_messages(app, person.email) == []


@pytest.mark.parametrize("act", ACTS)
def test_only_the_office_decides(app: PortalFlask, alina: Account, nina: Account, act: Callable[..., Any]) -> None:
    with pytest.raises(Forbidden):
        decide(app, act, own_actor(alina), nina.id)


def test_an_answer_reaches_the_office(app: PortalFlask, office: Actor, adam: Account, nina: Account) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    assert payload_of(app, nina.email, "accounts.asked")["question"] == "Which faculty?"
    decide(app, registrations.answer, own_actor(nina), asked(app, nina).id, " Mathematics. ")
    payload = payload_of(app, adam.email, "accounts.answered")
    assert (payload["answer"], payload["url"]) == ("Mathematics.", f"/admin/verification?person={nina.id}")
    assert actions(app, nina) == ["accounts.ask", "accounts.answer"]


def test_a_second_question_waits_for_the_answer(app: PortalFlask, office: Actor, nina: Account) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    with pytest.raises(Conflict):
        decide(app, registrations.ask, office, nina.id, "Which year?")
    decide(app, registrations.answer, own_actor(nina), asked(app, nina).id, "Mathematics.")
    decide(app, registrations.ask, office, nina.id, "Which year?")
    assert asked(app, nina).text == "Which year?"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Invalid),
        ("  ", Invalid),
        ("\u200b\u3164", Invalid),
        ("x" * (ANSWER_MAX + 1), Invalid),
        ("x" * ANSWER_MAX, None),
    ],
)
def test_the_answer_has_limits(
    app: PortalFlask, office: Actor, nina: Account, text: str, error: type[DomainError] | None
) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    question = asked(app, nina)
    if error is None:
        decide(app, registrations.answer, own_actor(nina), question.id, text)
    else:
        with pytest.raises(error):
            decide(app, registrations.answer, own_actor(nina), question.id, text)


def test_a_question_to_somebody_else_is_unknown(app: PortalFlask, office: Actor, nina: Account, alina: Account) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    with pytest.raises(NotFound):
        decide(app, registrations.answer, own_actor(alina), asked(app, nina).id, "Mathematics.")


def test_a_question_is_answered_once(app: PortalFlask, office: Actor, nina: Account) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    question = asked(app, nina)
    decide(app, registrations.answer, own_actor(nina), question.id, "Mathematics.")
    with pytest.raises(Conflict):
        decide(app, registrations.answer, own_actor(nina), question.id, "Physics.")


def test_whoever_was_accepted_meanwhile_need_not_answer(app: PortalFlask, office: Actor, nina: Account) -> None:
    decide(app, registrations.ask, office, nina.id, "Which faculty?")
    decide(app, decisions.verify, office, nina.id)
    with pytest.raises(Conflict):
        decide(app, registrations.answer, own_actor(nina), asked(app, nina).id, "Mathematics.")


def test_repeating_an_acceptance_that_a_colleague_took_back_accepts_anew(
    app: PortalFlask, office: Actor, nina: Account
) -> None:
    colleague = office_actor(make_account(groups=(ADMINISTRATORS,)))
    decide(app, registrations.accept, office, nina.id)
    decide(app, decisions.unverify, colleague, nina.id)
    decide(app, registrations.accept, office, nina.id)
    assert actions(app, nina) == ["accounts.verify", "accounts.unverify", "accounts.verify"]


def test_the_same_question_is_asked_again_once_it_was_answered(app: PortalFlask, office: Actor, nina: Account) -> None:
    for _time in range(2):
        decide(app, registrations.ask, office, nina.id, "Which faculty?")
        decide(app, registrations.answer, own_actor(nina), asked(app, nina).id, "Mathematics.")
    assert actions(app, nina) == ["accounts.ask", "accounts.answer"] * 2
