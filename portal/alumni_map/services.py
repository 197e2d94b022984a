"""Upkeep of the counters of people by city, which the triggers of the database write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Integer, case, cast, delete, func, insert, or_, select, union_all

from portal.accounts.models import Account
from portal.alumni_map.audit_actions import MapAction
from portal.alumni_map.counters import is_counted
from portal.alumni_map.models import CityCounter
from portal.audit.services import record
from portal.core.actor import Actor
from portal.extensions import db
from portal.profiles.models import Audience, Profile

CHECK_LOCK = 7_202_711
KEY: tuple[Any, ...] = (CityCounter.city_id, CityCounter.audience, CityCounter.class_year)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong with the counters: how many sums, and by how many people in all."""

    sums: int
    people: int


def compact_counters() -> int:
    """Replace the counters of each city and audience that has several by one, and return how many fewer there are.

    One statement does both, so that nobody sees another sum meanwhile; what others write at the same time stays.
    """
    several = select(func.unnest(func.array_agg(CityCounter.id)).label("id")).group_by(*KEY)
    several = several.having(or_(func.count() > 1, func.sum(CityCounter.people) == 0))
    old = delete(CityCounter).where(CityCounter.id.in_(several)).returning(*KEY, CityCounter.people).cte("old")
    key = (old.c.city_id, old.c.audience, old.c.class_year)
    sums = select(*key, func.sum(old.c.people)).group_by(*key).having(func.sum(old.c.people) != 0)
    added = insert(CityCounter).from_select([*KEY, CityCounter.people], sums).returning(CityCounter.id).cte("added")
    count = select(func.count())
    fewer = count.select_from(old).scalar_subquery() - count.select_from(added).scalar_subquery()
    return db.session.scalar(select(fewer)) or 0


def check_counters(actor: Actor) -> Correction | None:
    """Compare the counters with the people, correct them, and return what was wrong, or ``None`` if nothing was.

    What was wrong is logged as an error and written to the audit trail. Counters and people are read in one statement,
    so that other transactions do not disturb the comparison. Parallel checks take turns.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(CHECK_LOCK)))
    year = case((Profile.city_audience == Audience.SAME_YEAR, Profile.class_year))
    counted = select(Profile.city_id, Profile.city_audience.label("audience"), year.label("class_year"))
    people = counted.add_columns(func.count().label("people")).join(Account, Account.id == Profile.account_id)
    people = people.where(is_counted()).group_by(Profile.city_id, Profile.city_audience, year)
    both = union_all(people, select(*KEY, -CityCounter.people)).subquery()
    key, number = (both.c.city_id, both.c.audience, both.c.class_year), cast(func.sum(both.c.people), Integer)
    missing = select(*key, number).group_by(*key).having(number != 0)
    correct = insert(CityCounter).from_select([*KEY, CityCounter.people], missing).returning(CityCounter.people)
    corrected = db.session.scalars(correct).all()
    if not corrected:
        return None
    correction = Correction(len(corrected), sum(map(abs, corrected)))
    record(actor, MapAction.CORRECT_COUNTERS, sums=correction.sums, people=correction.people)
    current_app.logger.error(
        "%d counters of people by city were wrong by %d people in all, and have been corrected",
        correction.sums,
        correction.people,
    )
    return correction
