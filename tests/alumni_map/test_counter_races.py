"""Counters of people by city under parallel and rolled-back writers, with real commits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal.accounts.models import Account, Role
from portal.alumni_map import counts, services
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.actor import system_actor
from portal.core.db.unit_of_work import autocommit_connection, unit_of_work
from portal.extensions import db
from portal.profiles.models import Audience, Profile
from tests.factories import live_in, make_account
from tests.support.residents import Settle

pytestmark = pytest.mark.concurrency

WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
Write = Callable[[Account, City], Any]


def with_account(**values: Any) -> Write:
    return lambda person, _city: sa.update(Account).where(Account.id == person.id).values(**values)


def move(person: Account, city: City) -> Any:
    values = {"city_id": city.id, "city_audience": Audience.MEMBERS}
    return sa.update(Profile).where(Profile.account_id == person.id).values(**values)


def delete(person: Account, _city: City) -> Any:
    return sa.delete(Account).where(Account.id == person.id)


verify, unverify = with_account(verified_at=sa.func.now()), with_account(verified_at=None)
join_office, ban = with_account(role=Role.STAFF), with_account(banned_at=sa.func.now())


def run(app: PortalFlask, statement: Any) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(statement)


def until_it_waits_or_is_done(future: Future[None]) -> None:
    never = Event()
    with autocommit_connection() as beside:
        for _try in range(500):
            if future.done() or beside.scalar(WAITING):
                return
            never.wait(0.01)


def checked() -> tuple[int, int]:
    """Return the totals of the map, which must be right."""
    with unit_of_work():
        assert services.check_counters(system_actor()) is None
    return counts.totals(system_actor())


@pytest.mark.parametrize("outcome", ["committed", "rolled back"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (verify, move),
        (move, verify),
        (unverify, move),
        (move, unverify),
        (join_office, move),
        (move, ban),
        (move, delete),
        (delete, move),
        (verify, delete),
    ],
)
def test_two_writers_about_one_person(
    committed: PortalFlask, kazan: City, berlin: City, first: Write, second: Write, outcome: str
) -> None:
    person = make_account(verified=first is not verify and second is not verify)
    live_in(person, kazan)
    with ThreadPoolExecutor(1) as pool, committed.app_context():
        db.session.execute(first(person, berlin))
        other = pool.submit(run, committed, second(person, berlin))
        until_it_waits_or_is_done(other)
        db.session.commit() if outcome == "committed" else db.session.rollback()
        other.result()
        people, cities = checked()
    if outcome == "committed":
        gone = {unverify, join_office, ban, delete} & {first, second}
        assert (people, cities) == ((0, 0) if gone else (1, 1))


def test_many_writers_about_the_same_people(committed: PortalFlask, settle: Settle, kazan: City, berlin: City) -> None:
    """Some deadlock, because each takes several people in an order of its own; they count as if they had not begun."""
    people = settle(6, kazan)

    def write(seed: int) -> int:
        rng, done = Random(seed), 0
        for _act in range(12):
            try:
                with committed.app_context(), unit_of_work():
                    for person in rng.sample(people, 2):
                        change = rng.choice((verify, unverify, move, move, join_office, with_account(role="alumni")))
                        db.session.execute(change(person, rng.choice((kazan, berlin))))
                    if not rng.randrange(4):
                        services.compact_counters()
                done += 1
            except OperationalError:
                continue
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(4))) > 12
    with committed.app_context():
        people_left, _cities = checked()
        listed = sa.and_(Account.verified_at.is_not(None), Account.role != Role.STAFF)
        assert people_left == db.session.scalar(sa.select(sa.func.count()).where(listed))


def test_joining_one_city_waits_for_nobody(committed: PortalFlask, kazan: City) -> None:
    first, second = make_account(), make_account()
    with ThreadPoolExecutor(1) as pool, committed.app_context():
        db.session.execute(move(first, kazan))
        pool.submit(run, committed, move(second, kazan)).result(timeout=5)
        assert counts.totals(system_actor()) == (2, 1)
        db.session.commit()
        assert checked() == (2, 1)


def test_parallel_checks_correct_an_error_once(committed: PortalFlask, settle: Settle, kazan: City) -> None:
    settle(2, kazan)
    with committed.app_context(), unit_of_work():
        db.session.execute(sa.text("DELETE FROM city_counters"))

    def check(_number: int) -> int:
        with committed.app_context(), unit_of_work():
            correction = services.check_counters(system_actor())
        return correction.people if correction else 0

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(check, range(3))) == [0, 0, 2]
    with committed.app_context():
        assert checked() == (2, 1)


def test_compacting_beside_a_writer_loses_nothing(
    committed: PortalFlask, settle: Settle, kazan: City, berlin: City
) -> None:
    people = settle(3, kazan)
    with ThreadPoolExecutor(2) as pool, committed.app_context():
        db.session.execute(move(people[0], berlin))
        for again in pool.map(lambda _number: run_compaction(committed), range(2)):
            assert again >= 0
        db.session.commit()
        assert checked() == (3, 2)


def run_compaction(app: PortalFlask) -> int:
    with app.app_context(), unit_of_work():
        return services.compact_counters()
