"""Decisions about one person that are made at the same time: one counts, and is recorded and announced once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.accounts.models import Account, AccountWarning
from portal.accounts.status import decisions, groups, registrations
from portal.admin.people import services as office_people
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work, writing_engine
from portal.core.errors import Conflict
from portal.extensions import db
from portal.permissions.catalogue import MODERATORS, Permission
from tests.accounts.sent_messages import sent_messages
from tests.factories import make_account

pytestmark = pytest.mark.concurrency

TOGETHER = 4
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")

# Name: the person beforehand, the service, its audit action, the email about it, how many of the calls succeed. What
# the same official repeats at once succeeds and changes nothing more.
DECISIONS: dict[str, tuple[dict[str, Any], Callable[[Actor, Any], Any], str, str, int]] = {
    "verify": ({"verified": False}, decisions.verify, "accounts.verify", "accounts.verified", 1),
    "accept": ({"verified": False}, registrations.accept, "accounts.verify", "accounts.verified", TOGETHER),
    "unverify": ({}, decisions.unverify, "accounts.unverify", "accounts.unverified", 1),
    "ban": ({}, decisions.ban, "accounts.ban", "accounts.banned", 1),
    "unban": ({"banned": True}, decisions.unban, "accounts.unban", "accounts.unbanned", 1),
    "role": (
        {},
        lambda actor, id_: office_people.change_role(actor, id_, "alumni_friend"),
        "accounts.change_role",
        "accounts.role_changed",
        TOGETHER,
    ),
    "decline": (
        {"verified": False},
        lambda actor, id_: registrations.decline(actor, id_, "We do not know you."),
        "accounts.decline",
        "accounts.declined",
        TOGETHER,
    ),
    "ask": (
        {"verified": False},
        lambda actor, id_: registrations.ask(actor, id_, f"Which year, {actor.network}?"),
        "accounts.ask",
        "accounts.asked",
        1,
    ),
    "appoint": (
        {},
        lambda actor, id_: groups.appoint(actor, id_, MODERATORS),
        "accounts.appoint",
        "accounts.rights_changed",
        TOGETHER,
    ),
    "dismiss": (
        {"groups": (MODERATORS,)},
        lambda actor, id_: groups.dismiss(actor, id_, MODERATORS),
        "accounts.dismiss",
        "accounts.rights_changed",
        TOGETHER,
    ),
}


def official(account: Account, number: int) -> Actor:
    permissions = frozenset(Permission)
    return Actor(
        Channel.PAGE, account_id=account.id, permissions=permissions, authenticated_at=now(), network=str(number)
    )


def at_once(app: PortalFlask, person: Account, call: Callable[[int], Any], calls: int = TOGETHER) -> list[bool]:
    """Make calls at the same time, each in its transaction, and return which of them succeeded.

    The person's row is held until every call waits for it: each has then read what it reads without the lock.
    """

    def run(number: int) -> bool:
        with app.app_context():
            try:
                with unit_of_work():
                    call(number)
            except Conflict:
                return False
            return True

    with app.app_context():
        engine = writing_engine(db.engine)
    with ThreadPoolExecutor(calls) as pool, engine.connect() as holder, engine.connect() as observer:
        holder.execute(text("SELECT 1 FROM accounts WHERE id = :id FOR UPDATE"), {"id": person.id})
        running = [pool.submit(run, number) for number in range(calls)]
        while observer.scalar(WAITING) < calls and not all(one.done() for one in running):
            observer.rollback()
            time.sleep(0.01)
        holder.rollback()
        return [one.result() for one in running]


def recorded(app: PortalFlask, person: Account, action: str) -> int:
    with app.app_context():
        entries = select(func.count()).where(AuditEntry.action == action, AuditEntry.target_id == str(person.id))
        return db.session.scalar(entries) or 0


@pytest.mark.parametrize("name", DECISIONS)
def test_of_equal_decisions_at_once_one_counts(committed: PortalFlask, adam: Account, name: str) -> None:
    beforehand, service, action, email, successes = DECISIONS[name]
    person = make_account("person@demo.example", **beforehand)
    done = at_once(committed, person, lambda number: service(official(adam, number), person.id))
    assert done.count(True) == successes
    assert recorded(committed, person, action) == 1
    assert [kind for kind, _payload in sent_messages(committed, person.email)] == [email]


def test_warnings_at_once_are_all_kept(committed: PortalFlask, adam: Account, alina: Account) -> None:
    def warn(number: int) -> None:
        decisions.warn(official(adam, number), alina.id, f"Warning {number}.")

    assert at_once(committed, alina, warn) == [True] * TOGETHER
    assert recorded(committed, alina, "accounts.warn") == TOGETHER
    assert len(sent_messages(committed, alina.email)) == TOGETHER
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(AccountWarning)) == TOGETHER


@pytest.mark.parametrize("pair", [(decisions.verify, decisions.ban), (decisions.ban, decisions.verify)])
def test_two_different_decisions_at_once_both_count_and_leave_a_ban(
    committed: PortalFlask, adam: Account, nina: Account, pair: tuple[Any, Any]
) -> None:
    done = at_once(committed, nina, lambda number: pair[number](official(adam, number), nina.id), calls=2)
    assert done == [True, True]
    with committed.app_context():
        account = db.session.get_one(Account, nina.id)
        assert (account.is_verified, account.is_banned(now())) == (True, True)


def test_accepting_and_declining_at_once_leaves_one_decision(
    committed: PortalFlask, adam: Account, nina: Account
) -> None:
    def decide(number: int) -> None:
        if number % 2:
            registrations.accept(official(adam, number), nina.id)
        else:
            registrations.decline(official(adam, number), nina.id, "We do not know you.")

    done = at_once(committed, nina, decide)
    assert {done[0], done[1]} == {True, False}
    assert done[:2] == done[2:]
    assert len(sent_messages(committed, nina.email)) == 1
    with committed.app_context():
        account = db.session.get_one(Account, nina.id)
        assert account.is_verified is not account.is_banned(now())
