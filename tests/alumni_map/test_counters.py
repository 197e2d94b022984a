"""Counters of people by city: whoever writes, they equal the people, and a difference is found and corrected."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.models import Account, Role
from portal.alumni_map import counts, jobs, services
from portal.alumni_map.models import CityCounter
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.actor import Actor, Channel, system_actor
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.demo.copying import copy_rows
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience, Profile
from portal.runtime import scheduler
from tests.conftest import Clock
from tests.factories import live_in, make_account
from tests.support.clients import Api
from tests.support.residents import Settle

TOMORROW, YESTERDAY = "now() + interval '1 day'", "now() - interval '1 day'"
WRITES = {
    "verified": "UPDATE accounts SET verified_at = now()",
    "no longer verified": "UPDATE accounts SET verified_at = NULL",
    "staff": "UPDATE accounts SET role = 'staff'",
    "no longer staff": "UPDATE accounts SET role = 'alumni'",
    "banned for ever": "UPDATE accounts SET banned_at = now(), banned_until = NULL",
    "banned for a day": f"UPDATE accounts SET banned_at = now(), banned_until = {TOMORROW}",
    "ban over": f"UPDATE accounts SET banned_at = now(), banned_until = {YESTERDAY}",
    "ban lifted": "UPDATE accounts SET banned_at = NULL, banned_until = NULL",
    "something else of accounts": "UPDATE accounts SET theme = 'dark'",
    "moved": "UPDATE profiles SET city_id = (SELECT max(id) FROM cities)",
    "no city": "UPDATE profiles SET city_id = NULL",
    "hidden": "UPDATE profiles SET city_audience = 'me'",
    "of one year": "UPDATE profiles SET city_audience = 'same_year'",
    "another year": "UPDATE profiles SET class_year = 2001",
    "something else of profiles": "UPDATE profiles SET work = 'Tailor'",
    "profiles deleted": "DELETE FROM profiles",
    "accounts deleted": "DELETE FROM accounts",
    "one account deleted": "DELETE FROM accounts WHERE id = (SELECT min(id::text)::uuid FROM accounts)",
    "all gone": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE profiles",
}


@pytest.fixture
def crowd(settle: Settle, kazan: City, berlin: City) -> None:
    """Two people of each audience and each status in one city, and one of everything in another."""
    for audience in Audience:
        for status in (
            {},
            {"verified": False},
            {"role": "staff"},
            {"banned": True},
            {"banned": True, "banned_until": now() + timedelta(days=1)},
            {"banned": True, "banned_until": now() - timedelta(days=1)},
        ):
            settle(2, kazan, audience, **status)
            settle(1, berlin, audience, profile={"graduation_year": 2015}, **status)


def wrong() -> Any:
    """Return what is wrong with the counters, which stay as they are."""
    with db.session.begin_nested() as attempt:
        found = services.check_counters(system_actor())
        attempt.rollback()
    return found


@pytest.mark.parametrize("what", WRITES)
def test_counters_follow_whatever_sql_writes(app: PortalFlask, crowd: None, what: str) -> None:
    with app.app_context():
        assert wrong() is None
        before = db.session.scalar(sa.select(sa.func.count(CityCounter.id)))
        db.session.execute(sa.text(WRITES[what]))
        assert wrong() is None
        if "something else" in what:
            assert db.session.scalar(sa.select(sa.func.count(CityCounter.id))) == before
        db.session.rollback()


def test_counters_follow_rows_that_are_copied_in(committed: PortalFlask, settle: Settle, kazan: City) -> None:
    people = settle(3, kazan)
    with committed.app_context(), unit_of_work():
        db.session.execute(sa.delete(Profile))
        audiences = dict.fromkeys((field.key for field in AUDIENCE_FIELDS.values()), "members")
        times = {"created_at": now(), "updated_at": now()}
        copy_rows(Profile, ({"account_id": one.id, "city_id": kazan.id, **audiences, **times} for one in people))
        assert wrong() is None
        assert counts.totals(system_actor()) == (3, 1)


def viewers(*people: Account) -> dict[str, Actor]:
    office = frozenset({str(Permission.PEOPLE_READ_ALL)})
    own = {
        f"{person.first_name} {person.role}": Actor(Channel.PAGE, account_id=person.id, role=person.role)
        for person in people
    }
    moderator = Actor(Channel.PAGE, account_id=people[0].id, role="staff", permissions=office)
    return {**own, "office": moderator, "system": system_actor(), "visitor": Actor(Channel.PAGE)}


def test_each_viewer_gets_from_counters_what_counting_the_people_gives(
    app: PortalFlask, crowd: None, kazan: City, berlin: City
) -> None:
    people = [
        make_account(first_name=f"Own{number}", role=role, profile={"graduation_year": year})
        for number, (role, year) in enumerate(
            (("alumni", 2019), ("alumni", 2015), ("alumni", None), ("alumni_friend", None), ("staff", 2019))
        )
    ]
    for audience in Audience:
        for person in people:
            live_in(person, berlin, audience)
        with app.app_context():
            for name, actor in viewers(*people).items():
                counted, everybody = (
                    db.session.execute(sa.select(statement.subquery())).all()
                    for statement in (
                        counts.of_all_people(actor),
                        counts.of_filter(actor, PeopleFilter(), SearchContext()),
                    )
                )
                assert sorted(map(str, counted)) == sorted(map(str, everybody)), (audience, name)


def test_everything_reads_one_number(app: PortalFlask, api: Api, alina: Account, crowd: None) -> None:
    locations = api.sign_in(alina).get("/api/v1/profile/map")["locations"]
    actor = Actor(Channel.PAGE, account_id=alina.id, role=alina.role, class_year=2019)
    with app.app_context():
        assert counts.totals(actor) == (sum(place["count"] for place in locations), len(locations))
    assert [(place["city"], place["count"]) for place in locations] == [("Kazan", 16), ("Berlin", 6)]


def kazan_in(api: Api) -> int:
    return sum(place["count"] for place in api.get("/api/v1/profile/map")["locations"] if place["city"] == "Kazan")


def test_a_ban_ends_by_the_clock_alone(api: Api, alina: Account, settle: Settle, kazan: City, clock: Clock) -> None:
    settle(1, kazan, banned=True, banned_until=now() + timedelta(hours=1))
    settle(1, kazan)
    seen = []
    for minutes in (0, 59, 1):
        clock.move(minutes=minutes)
        seen.append(kazan_in(api.sign_in(alina)))
    assert seen == [1, 1, 2]


@pytest.mark.parametrize(
    ("table", "values", "left"),
    [
        (Profile, {"city_audience": Audience.ME}, 1),
        (Profile, {"city_audience": Audience.SAME_YEAR}, 2),
        (Profile, {"city_audience": Audience.SAME_YEAR, "class_year": 2001}, 1),
        (Account, {"role": Role.STAFF}, 1),
        (Account, {"verified_at": None}, 1),
        (Account, {"banned_at": now()}, 1),
    ],
)
def test_a_change_counts_on_the_next_request(
    app: PortalFlask,
    api: Api,
    alina: Account,
    settle: Settle,
    kazan: City,
    table: Any,
    values: dict[str, Any],
    left: int,
) -> None:
    first, _second = settle(2, kazan)
    assert kazan_in(api.sign_in(alina)) == 2
    with app.app_context(), unit_of_work():
        key = Account.id if table is Account else Profile.account_id
        db.session.execute(sa.update(table).where(key == first.id).values(values))
    assert kazan_in(api) == left


def test_people_count_in_the_city_that_they_hide_unless_they_are_staff(
    api: Api, alina: Account, adam: Account, settle: Settle, kazan: City
) -> None:
    settle(1, kazan)
    for person, seen in ((alina, 2), (adam, 1)):
        live_in(person, kazan, Audience.ME)
        assert kazan_in(api.sign_in(person)) == seen


def plant_error(city: City) -> None:
    rows = ({"city_id": city.id, "audience": Audience.PUBLIC, "people": 7}, {"audience": Audience.ME, "people": -2})
    db.session.add_all(CityCounter(**row) for row in rows)
    db.session.commit()


def test_a_planted_error_is_found_shown_and_corrected(
    app: PortalFlask,
    api: Api,
    alina: Account,
    settle: Settle,
    kazan: City,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler, "silence", lambda app: 1.0)
    settle(2, kazan)
    api.sign_in(alina)
    with app.app_context():
        plant_error(kazan)
    assert (kazan_in(api), api.get("/health/ready")["map"]) == (9, "ok")
    with caplog.at_level(logging.ERROR):
        assert [scheduler.run(app, "alumni_map.check_counters") for _again in range(2)] == [2, 0]
    [message] = [record.message for record in caplog.records if "counters" in record.message]
    assert message.startswith("2 counters of people by city were wrong by 9 people in all")
    assert kazan_in(api) == 2
    ready = api.get("/health/ready")
    assert (ready["status"], ready["map"]) == ("ok", f"numbers were wrong by 9, corrected on {now():%Y-%m-%d}")
    clock.move(days=8)
    assert api.get("/health/ready")["map"] == "ok"


def test_compacting_changes_no_sum_and_leaves_one_row_for_each(
    app: PortalFlask, settle: Settle, kazan: City, berlin: City
) -> None:
    people = settle(5, kazan)
    live_in(people[0], berlin)
    with app.app_context():
        before = counts.totals(system_actor())
        assert jobs.compact_counters(now()) > 0
        assert jobs.compact_counters(now()) == 0
        assert counts.totals(system_actor()) == before == (5, 2)
        assert wrong() is None
        assert sorted(db.session.scalars(sa.select(CityCounter.people))) == [1, 4]
