"""Decisions about one person, undoing and sending at the same moment, in transactions that are really committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.models import Account
from portal.accounts.status import registrations, reversible
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Conflict
from portal.extensions import db
from portal.outbox import claims
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import ADMINISTRATORS
from tests.accounts.people import decide
from tests.accounts.sent_messages import message_states
from tests.accounts.status.test_undo import office_actor
from tests.admin.trail import actions
from tests.factories import make_account

pytestmark = pytest.mark.concurrency
TOGETHER = 8


def at_once(app: PortalFlask, tasks: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Run tasks at once, each in a transaction; count the successes, and the conflicts by their codes."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> str:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                task()
        except Conflict as raised:
            return raised.code
        return "done"

    with ThreadPoolExecutor(len(tasks)) as pool:
        return Counter(pool.map(run, tasks))


ACTS = [
    (registrations.accept, "already_verified"),
    (partial(registrations.decline, reason="Unknown."), "already_banned"),
    (partial(registrations.ask, question="Which year?"), "asked_already"),
]


@pytest.mark.parametrize(("act", "code"), ACTS)
def test_of_colleagues_who_decide_the_same_at_once_one_is_first(
    committed: PortalFlask, nina: Account, act: Callable[..., Any], code: str
) -> None:
    colleagues = [office_actor(make_account(groups=(ADMINISTRATORS,))) for _number in range(TOGETHER)]
    tasks = [partial(act, colleague, nina.id) for colleague in colleagues]
    assert at_once(committed, tasks) == {"done": 1, code: TOGETHER - 1}
    assert len(actions(committed, nina)) == 1
    assert len(message_states(committed, nina.email)) == 1


@pytest.mark.parametrize("act", [act for act, _code in ACTS])
def test_a_button_pressed_many_times_at_once_decides_once(
    committed: PortalFlask, adam: Account, nina: Account, act: Callable[..., Any]
) -> None:
    tasks = [partial(act, office_actor(adam), nina.id) for _time in range(TOGETHER)]
    assert at_once(committed, tasks) == {"done": TOGETHER}
    assert len(actions(committed, nina)) == 1
    assert len(message_states(committed, nina.email)) == 1


def test_of_acceptance_and_decline_at_once_one_holds(committed: PortalFlask, adam: Account, nina: Account) -> None:
    colleague = make_account(groups=(ADMINISTRATORS,))
    accept = partial(registrations.accept, office_actor(adam), nina.id)
    decline = partial(registrations.decline, office_actor(colleague), nina.id, "Unknown.")
    assert at_once(committed, [accept, decline])["done"] == 1
    assert len(message_states(committed, nina.email)) == 1


def test_undo_pressed_many_times_at_once_undoes_once(committed: PortalFlask, adam: Account, nina: Account) -> None:
    office = office_actor(adam)
    decided = decide(committed, registrations.accept, office, nina.id)
    tasks = [partial(reversible.undo, office, decided.act_id) for _time in range(TOGETHER)]
    assert at_once(committed, tasks) == {"done": 1, "already_undone": TOGETHER - 1}
    assert actions(committed, nina) == ["accounts.verify", "accounts.undo_decision"]


@pytest.mark.parametrize("attempt", range(5))
def test_an_email_is_either_sent_or_undone(committed: PortalFlask, adam: Account, nina: Account, attempt: int) -> None:
    """Two dispatchers claim the message at the moment at which it is undone."""
    office = office_actor(adam)
    decided = decide(committed, registrations.accept, office, nina.id)
    with committed.app_context(), unit_of_work():
        db.session.execute(update(OutboxMessage).values(due_at=now() - timedelta(seconds=1)))
    start = Barrier(3)

    def claim() -> bool:
        start.wait()
        with committed.app_context():
            return claims.claim("mail") is not None

    def undo() -> bool:
        start.wait()
        try:
            decide(committed, reversible.undo, office, decided.act_id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        outcomes = [pool.submit(work) for work in (claim, undo, claim)]
        first, undone, second = (outcome.result() for outcome in outcomes)
    assert [first, undone, second].count(True) == 1
    with committed.app_context():
        assert queries.get(nina.id).is_verified is not undone
