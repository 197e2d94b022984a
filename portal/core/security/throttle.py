"""Exact limits that protect accounts: counted in PostgreSQL, shared by all processes, kept over restarts.

A ``Limit`` allows a number of attempts in a time, a ``Delay`` makes consecutive failures ever slower. An attempt is
counted on a connection of its own before the work, so that a rollback does not undo it and parallel attempts cannot
slip past; an attempt that was no failure is refunded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
    """Use of one limit by one subject; its budget is complete again at ``arrival_at`` (GCRA, ITU-T I.371)."""

    __tablename__ = "throttle_cells"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    arrival_at: Mapped[datetime]


class GrowingDelay(Base):
    """Consecutive failures of a subject; the next attempt is allowed from ``open_at``, they expire at ``forget_at``."""

    __tablename__ = "growing_delays"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int]
    open_at: Mapped[datetime]
    forget_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of at most ``times`` attempts at once, then one more every ``per / times``."""

    name: str
    times: int
    per: timedelta

    @property
    def step(self) -> timedelta:
        """The time after which one more attempt is allowed."""
        return self.per / self.times

    def key(self, subject: str) -> str:
        """Return the key under which the attempts of ``subject`` are stored for this limit."""
        return key_of(self.name, subject)


@dataclass(frozen=True, slots=True)
class Delay:
    """A wait after consecutive failures: none for ``free`` of them, then ``first``, doubled with each further failure.

    No wait is longer than ``most``, so that nobody is locked out; failures expire after ``forget`` without another.
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
        """Return the key under which the failures of ``subject`` are stored for this delay."""
        return key_of(self.name, subject)

    def open_after(self, failures: ColumnElement[int], moment: datetime) -> ColumnElement[datetime]:
        """Return the SQL expression of when the next attempt is allowed after ``failures``, the last at ``moment``.

        While failures are free, that is well before ``moment``: the clocks of other processes may be a little behind.
        """
        always: ColumnElement[datetime] = literal(moment - self.most)
        return case((failures <= self.free, always), else_=moment + self.wait_after(failures))

    def wait_after(self, failures: ColumnElement[int]) -> ColumnElement[timedelta]:
        """Return the SQL expression of the wait after ``failures`` consecutive failures, if these exceed ``free``."""
        first, most = self.first.total_seconds(), self.most.total_seconds()
        doublings = math.ceil(math.log2(most / first))  # more would only overflow
        costly = func.least(first * func.power(2, func.least(failures - self.free - 1, doublings)), most)
        return func.make_interval(0, 0, 0, 0, 0, 0, costly, type_=Interval)


def key_of(name: str, subject: str) -> str:
    """Return ``<name>:<subject>``, the key of a subject under a limit or delay.

    The subject is cut to ``SUBJECT_MAX`` characters, so that the key fits its column.
    """
    return f"{name}:{subject[:SUBJECT_MAX]}"


def consume(limit: Limit, subject: str) -> int:
    """Count one attempt of ``subject`` and return 0, or return the seconds to wait if the limit is used up.

    An attempt that has to wait is not counted. The count is committed at once and survives a rollback.
    """
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


Charge = tuple[Limit, str]
"""A limit, and the subject whose attempt counts against it."""


def consume_all(charges: Sequence[Charge]) -> int:
    """Count one attempt against each of several limits and return 0, or return the seconds to wait if one is used up.

    An attempt that has to wait is counted against none of them.
    """
    for place, (limit, subject) in enumerate(charges):
        seconds = consume(limit, subject)
        if seconds:
            refund_all(charges[:place])
            return seconds
    return 0


def refund_all(charges: Iterable[Charge]) -> None:
    """Take back one attempt that ``consume_all`` has counted against each of several limits."""
    for limit, subject in charges:
        refund(limit, subject)


def seconds_left(limit: Limit, subject: str) -> int:
    """Return how many seconds ``subject`` would have to wait for an attempt now, 0 if none; nothing is counted."""
    cell = ThrottleCell.__table__.c
    latest = now() + limit.per - limit.step
    with autocommit_connection() as connection:
        arrival = connection.scalar(select(cell.arrival_at).where(cell.key == limit.key(subject)))
    return 0 if arrival is None or arrival <= latest else math.ceil((arrival - latest).total_seconds())


def refund(limit: Limit, subject: str) -> None:
    """Take back one attempt of ``subject`` that ``consume`` has counted, because it was no failure."""
    cell = ThrottleCell.__table__.c
    with autocommit_connection() as connection:
        connection.execute(
            update(ThrottleCell).where(cell.key == limit.key(subject)).values(arrival_at=cell.arrival_at - limit.step)
        )


def delete_unused(before: datetime) -> int:
    """Delete the cells of limits whose budget was complete before ``before``, and return their number."""
    cell = ThrottleCell.__table__.c
    with autocommit_connection() as connection:
        return connection.execute(delete(ThrottleCell).where(cell.arrival_at < before)).rowcount


def count_failure(delay: Delay, subject: str) -> int:
    """Count one attempt of ``subject`` as a failure and return 0, or return the seconds to wait if it comes too early.

    An attempt that has to wait is not counted. The count is committed at once, and parallel attempts are counted one
    after the other. Call ``reset_failures`` or ``refund_failure`` after an attempt that was no failure.
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


def reset_failures(delay: Delay, subject: str) -> None:
    """Delete all counted failures of ``subject`` under ``delay``, because an attempt succeeded."""
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        connection.execute(delete(GrowingDelay).where(row.key == delay.key(subject)))


def refund_failure(delay: Delay, subject: str) -> None:
    """Take back one failure of ``subject`` that ``count_failure`` has counted, and allow the next attempt at once.

    It is for an attempt that neither succeeded nor failed through its caller, for example because of an internal error.
    """
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        connection.execute(
            update(GrowingDelay)
            .where(row.key == delay.key(subject), row.failures > 0)
            .values(failures=row.failures - 1, open_at=func.least(row.open_at, now()))
        )


def delete_forgotten(before: datetime) -> int:
    """Delete the failures that expired before ``before``, and return the number of subjects that they belonged to."""
    row = GrowingDelay.__table__.c
    with autocommit_connection() as connection:
        return connection.execute(delete(GrowingDelay).where(row.forget_at < before)).rowcount
