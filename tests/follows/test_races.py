"""Concurrent follows of the same people, really committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import delete, text

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.db.unit_of_work import autocommit_connection, unit_of_work
from portal.extensions import db
from tests.factories import make_account
from tests.follows.conftest import audited, notices, pairs
from tests.support.clients import Api

pytestmark = pytest.mark.concurrency

Call = tuple[str, Account, Account]


def together(app: PortalFlask, calls: list[Call]) -> list[int]:
    """Return the status of each call, ``(method, follower, followed)``, when all are made at once."""
    headers = {caller.id: Api(app).sign_in(caller).headers for _method, caller, _other in calls}
    start = Barrier(len(calls))

    def make(call: Call) -> int:
        method, caller, other = call
        start.wait()
        path = f"/api/v1/profile/{other.id}/follow"
        return app.test_client().open(path, method=method, headers=headers[caller.id]).status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def counts(app: PortalFlask, reader: Account, person: Account) -> tuple[int, int]:
    profile = Api(app).sign_in(reader).get(f"/api/v1/profile/{person.id}")
    return profile["followers_count"], profile["following_count"]


def test_six_concurrent_follows_count_once(committed: PortalFlask, alina: Account, bob: Account) -> None:
    assert together(committed, [("POST", alina, bob)] * 6) == [200] * 6
    assert pairs(committed) == {(alina.id, bob.id)}
    assert (audited(committed), len(notices(committed))) == (["follows.follow"], 1)


def test_counts_equal_rows_after_concurrent_follows_and_unfollows(
    committed: PortalFlask, alina: Account, bob: Account
) -> None:
    people = [alina, bob, make_account()]
    ways: list[tuple[Account, Account]] = [(one, other) for one in people for other in people if one is not other]
    for _again in range(3):
        calls = [(method, one, other) for method in ("POST", "DELETE") for one, other in ways]
        assert set(together(committed, calls)) == {200}
    rows = pairs(committed)
    for person in people:
        followers = sum(followed == person.id for _follower, followed in rows)
        following = sum(follower == person.id for follower, _followed in rows)
        assert counts(committed, alina, person) == (followers, following)
    written = audited(committed)
    assert written.count("follows.follow") - written.count("follows.unfollow") == len(rows)
    keys = [notice.key.rpartition(":")[0] for notice in notices(committed)]
    assert len(keys) == len(set(keys))


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_person_deleted_meanwhile_is_not_found(committed: PortalFlask, alina: Account, bob: Account) -> None:
    never = Event()
    with ThreadPoolExecutor(1) as pool, committed.app_context():
        with unit_of_work(), autocommit_connection() as beside:
            db.session.execute(delete(Account).where(Account.id == bob.id))
            answer = pool.submit(together, committed, [("POST", alina, bob)])
            for _try in range(500):
                if answer.done() or beside.scalar(WAITING):
                    break
                never.wait(0.02)
        assert answer.result() == [404]
