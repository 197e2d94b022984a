"""Exact limits that protect accounts: counted in PostgreSQL, shared by all processes, kept over restarts.

The rate is the generic cell rate algorithm (ITU-T I.371): one row per key holds the theoretical arrival time.
A try is counted on a connection of its own, before the work and whether or not the work is rolled back; what
turns out to be no failure is given back. So parallel tries cannot slip past a limit, and use is not punished.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.database import Base
from portal.core.unit_of_work import apart

SUBJECT_MAX = 150


class ThrottleCell(Base):
    """``arrival_at`` is when the budget of ``key`` will be whole again."""

    __tablename__ = "throttle_cells"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    arrival_at: Mapped[datetime]


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
        return f"{self.name}:{subject[:SUBJECT_MAX]}"


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
    with apart() as connection:
        if connection.execute(counted).first() is not None:
            return 0
        arrival = connection.scalar(select(cell.arrival_at).where(cell.key == limit.key(subject)))
    return max(1, math.ceil(((arrival or moment) - latest).total_seconds()))


def give_back(limit: Limit, subject: str) -> None:
    """The try was no failure: it does not count."""
    cell = ThrottleCell.__table__.c
    with apart() as connection:
        connection.execute(
            update(ThrottleCell).where(cell.key == limit.key(subject)).values(arrival_at=cell.arrival_at - limit.step)
        )


def forget_whole(before: datetime) -> int:
    """Delete the cells whose budget was whole before ``before``; how many there were."""
    cell = ThrottleCell.__table__.c
    with apart() as connection:
        return connection.execute(delete(ThrottleCell).where(cell.arrival_at < before)).rowcount
