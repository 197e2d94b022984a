"""Exact limits that protect accounts: counted in PostgreSQL, shared by all processes, kept over restarts.

A ``Limit`` allows so many tries in a time, a ``Delay`` makes failures in a row ever slower. A try is counted on a
connection of its own, before the work and whether or not the work is rolled back; what turns out to be no failure is
given back. So parallel tries cannot slip past, and use is not punished.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, String, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base
from portal.core.db.unit_of_work import autocommit_connection

SUBJECT_MAX = 150


class ThrottleCell(Base):
    """``arrival_at`` is when the budget of ``key`` will be whole again (ITU-T I.371's theoretical arrival time)."""

    __tablename__ = "throttle_cells"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    arrival_at: Mapped[datetime]


class GrowingDelay(Base):
    """Consecutive ``failures`` of ``key``: it may try again from ``open_at`` on; ``forget_at`` it starts afresh."""

    __tablename__ = "growing_delays"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int]
    open_at: Mapped[datetime]
    forget_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Limit:
    """``times`` at once, after that one more every ``per / times``."""

    name: str
    times: int
    per: timedelta

    @property
    def step(self) -> timedelta:
        return self.per / self.times

    def key(self, subject: str) -> str:
        return key_of(self.name, subject)


@dataclass(frozen=True, slots=True)
class Delay:
    """``free`` consecutive failures cost nothing; the next costs a wait of ``first``, each further one twice as much.

    No wait is longer than ``most``, so nobody is locked out for good; ``forget`` without a failure ends it all.
    """

    name: str
    free: int
    first: timedelta
    most: timedelta
    forget: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) < self.first <= self.most <= self.forget:
            raise ValueError("a delay needs 0 < first <= most <= forget")

    def key(self, subject: str) -> str:
        return key_of(self.name, subject)

    def open_after(self, failures: ColumnElement[int], moment: datetime) -> ColumnElement[datetime]:
        """When the next try may be made after so many failures in a row, as PostgreSQL reckons it.

        A free failure leaves the door open since before: other processes' clocks may be a little behind.
        """
        always: ColumnElement[datetime] = literal(moment - self.most)
        return case((failures <= self.free, always), else_=moment + self.wait_after(failures))

    def wait_after(self, failures: ColumnElement[int]) -> ColumnElement[timedelta]:
        """What so many failures in a row cost, beyond the free ones."""
        first, most = self.first.total_seconds(), self.most.total_seconds()
        doublings = math.ceil(math.log2(most / first))  # more would only overflow
        costly = func.least(first * func.power(2, func.least(failures - self.free - 1, doublings)), most)
        return func.make_interval(0, 0, 0, 0, 0, 0, costly, type_=Interval)


def key_of(name: str, subject: str) -> str:
    return f"{name}:{subject[:SUBJECT_MAX]}"


def spend(limit: Limit, subject: str) -> int:
    """Count one try of ``subject``: 0 when it is within the limit, else the seconds to wait, and nothing is counted."""
    moment = now()
    latest = moment + limit.per - limit.step
    cell = ThrottleCell.__table__.c
    counted = (
        insert(ThrottleCell)
        .values(key=limit.key(subject), arrival_at=moment + limit.step)
        .on_conflict_do_update(
            index_elements=[ThrottleCell.key],
            set_={"arrival_at": func.greatest(cell.arrival_at, moment) + limit.step},
            where=cell.arrival_at <= latest,
        )
        .returning(ThrottleCell.arrival_at)
    )
    with autocommit_connection() as connection:
        if connection.execute(counted).first() is not None:
            return 0
        arrival = connection.scalar(select(cell.arrival_at).where(cell.key == limit.key(subject)))
    return max(1, math.ceil(((arrival or moment) - latest).total_seconds()))


def seconds_left(limit: Limit, subject: str) -> int:
    """How long ``subject`` would have to wait now; nothing is counted."""
    cell = ThrottleCell.__table__.c
    latest = now() + limit.per - limit.step
    with autocommit_connection() as connection:
        arrival = connection.scalar(select(cell.arrival_at).where(cell.key == limit.key(subject)))
    return 0 if arrival is None or arrival <= latest else math.ceil((arrival - latest).total_seconds())


def give_back(limit: Limit, subject: str) -> None:
    """The try was no failure: it does not count."""
    cell = ThrottleCell.__table__.c
    with autocommit_connection() as connection:
        connection.execute(
            update(ThrottleCell).where(cell.key == limit.key(subject)).values(arrival_at=cell.arrival_at - limit.step)
        )


def forget_whole(before: datetime) -> int:
    """Delete the cells whose budget was whole before ``before``; how many there were."""
    cell = ThrottleCell.__table__.c
    with autocommit_connection() as connection:
        return connection.execute(delete(ThrottleCell).where(cell.arrival_at < before)).rowcount


def attempt(delay: Delay, subject: str) -> int:
    """Count one try of ``subject`` as a failure: 0 when it may be made, else the seconds to wait, and nothing counts.

    Of parallel tries those that may be made are counted one after the other. Call ``succeeded`` or ``excuse`` after
    a try that turned out otherwise.
    """
    moment = now()
    row = GrowingDelay.__table__.c
    failures = case((row.forget_at <= moment, 1), else_=row.failures + 1)
    one: ColumnElement[int] = literal(1)
    counted = (
        insert(GrowingDelay)
        .values(
            key=delay.key(subject),
            failures=one,
            open_at=delay.open_after(one, moment),
            forget_at=moment + delay.forget,
        )
        .on_conflict_do_update(
            index_elements=[GrowingDelay.key],
            set_={
                "failures": failures,
                "open_at": delay.open_after(failures, moment),
                "forget_at": moment + delay.forget,
            },
            where=row.open_at <= moment,
        )
        .returning(GrowingDelay.failures)
    )
    with autocommit_connection() as connection:
        if connection.execute(counted).first() is not None:
            return 0
        open_at = connection.scalar(select(row.open_at).where(row.key == delay.key(subject)))
    return max(1, math.ceil(((open_at or moment) - moment).total_seconds()))


def succeeded(delay: Delay, subject: str) -> None:
    """The try that was counted succeeded: earlier failures are forgotten."""
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        connection.execute(delete(GrowingDelay).where(row.key == delay.key(subject)))


def excuse(delay: Delay, subject: str) -> None:
    """The try that was counted neither succeeded nor was it the person's failure: it may be made again at once."""
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        connection.execute(
            update(GrowingDelay)
            .where(row.key == delay.key(subject), row.failures > 0)
            .values(failures=row.failures - 1, open_at=func.least(row.open_at, now()))
        )


def forget_delays(before: datetime) -> int:
    """Delete the failures that were to be forgotten by ``before``; how many subjects there were."""
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        return connection.execute(delete(GrowingDelay).where(row.forget_at < before)).rowcount
