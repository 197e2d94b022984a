"""Notifying all participants while people join, leave and go for good, in committed transactions.

Whoever leaves before the cancellation has the lock of the event is not notified; everybody else who was going is, once.
"""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.db.unit_of_work import unit_of_work
from portal.events import services
from portal.extensions import db
from portal.outbox.models import OutboxMessage
from tests.events.conftest import actor_of
from tests.events.races.test_races import run_concurrently
from tests.events.races.test_writers_wait import answer_of
from tests.events.state import notices_of
from tests.factories import make_account, make_event
from tests.support.locks import wait_until_blocked

pytestmark = pytest.mark.concurrency


def mailed(app: PortalFlask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.recipient)))


def people_who_left_after_the_cancellation(app: PortalFlask) -> set[uuid.UUID | None]:
    """Return them by the order of the audit entries, which are written under the lock of the event."""
    with app.app_context():
        entries = db.session.execute(select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.at)).all()
    actions = [action for action, _actor in entries]
    later = entries[actions.index("events.cancel") :]
    return {actor for action, actor in later if action == "events.leave"}


def test_people_who_join_and_leave_during_a_cancellation_are_notified_once_or_never(committed: PortalFlask) -> None:
    owner, stays = make_account(), make_account()
    leaving, joining = ([make_account() for _ in range(7)] for _ in range(2))
    event = make_event(owner, going=(stays, *leaving))
    answers = run_concurrently(
        committed,
        [partial(services.leave, actor_of(person), event.id) for person in leaving[:4]]
        + [lambda: services.cancel(actor_of(owner), event.id).id]
        + [partial(services.leave, actor_of(person), event.id) for person in leaving[4:]]
        + [partial(services.join, actor_of(person), event.id) for person in joining],
    )
    late = people_who_left_after_the_cancellation(committed)
    expected = {stays.email} | {person.email for person in leaving if person.id in late}
    expected |= {person.email for person, answer in zip(joining, answers[8:], strict=True) if answer != "not_open"}
    assert mailed(committed) == sorted(expected)
    for person in (stays, *leaving, *joining):
        assert notices_of(committed, person) == ["events.cancelled"] * (person.email in expected)


def test_who_leaves_before_the_cancellation_is_not_notified(
    committed: PortalFlask, alina: Account, bob: Account
) -> None:
    event = make_event(alina, going=(bob, make_account("stays@demo.example")))
    with ThreadPoolExecutor(1) as pool:
        with committed.app_context(), unit_of_work():
            services.leave(actor_of(bob), event.id)
            answer = pool.submit(answer_of, committed, lambda: services.cancel(actor_of(alina), event.id).id)
            wait_until_blocked(answer)
        assert answer.result() == str(event.id)
    assert mailed(committed) == ["stays@demo.example"]
    assert notices_of(committed, bob) == []


def test_an_account_that_is_deleted_meanwhile_is_left_out(committed: PortalFlask, alina: Account, bob: Account) -> None:
    event = make_event(alina, going=(bob, make_account("stays@demo.example")))
    with ThreadPoolExecutor(1) as pool:
        with committed.app_context(), unit_of_work():
            db.session.execute(delete(Account).where(Account.id == bob.id))
            answer = pool.submit(answer_of, committed, lambda: services.cancel(actor_of(alina), event.id).id)
            wait_until_blocked(answer)
        assert answer.result() == str(event.id)
    assert mailed(committed) == ["stays@demo.example"]
