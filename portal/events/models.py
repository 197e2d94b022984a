"""The tables of events and of their participants."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    event,
    func,
    inspect,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.base import Base, Id
from portal.core.db.content_versions import Content
from portal.core.text import latinise

TITLE_MAX = 120
DESCRIPTION_MAX = 5000
PLACE_MAX = 200
NOTE_MAX = 500
CAPACITY_MAX = 100_000
COST_MAX = 100_000_000
"""The largest cost, in whole units of the currency."""
DEFAULT_CURRENCY = "RUB"
DURATION_MAX = timedelta(days=31)
OPEN_END = timedelta(hours=3)
"""How long an event counts as running that has no end, or one at its very start."""

EVENTS = Content("events", ("events", "participations"))
"""What answers about events and their participants are made of."""


class Attendance(StrEnum):
    """The state of a person at an event: going, or on the waiting list."""

    GOING = "going"
    WAITING = "waiting"


def search_text(title: str, place: str) -> str:
    """Return the text in which events are searched: title and place in the spelling of ``core.text.latinise``."""
    return "|".join(latinise(part).replace("|", " ") for part in (title, place))


def end_on_the_clock(ends_at: datetime | None, time_zone: str) -> datetime | None:
    """Return the wall clock time in ``time_zone`` at the end of an event, or ``None`` if it has no end."""
    return None if ends_at is None else ends_at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def _default_search(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return search_text(values["title"], values.get("place") or "")


class Event(Base):
    """An event that a person organises and others join.

    ``starts_local`` is the wall clock time in ``time_zone`` at which it starts, and ``starts_at`` the instant. ``cost``
    is in minor units of ``currency`` (see ``core.money``). ``capacity`` is the largest number of people going, ``None``
    without a limit. ``decision_note`` is the office's reason for its last decision. ``search`` is derived whenever
    title or place are written; only rows inserted by COPY must contain it.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("approval IN ('pending', 'approved', 'declined')", name="approval"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        Index("ix_events_by_time", "approval", "starts_at", "id"),
        Index("ix_events_city_id", "city_id", "starts_at"),
        Index("ix_events_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("ix_events_to_review", "created_at", postgresql_where=text("approval = 'pending'")),
    )

    id: Mapped[Id]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_MAX))
    is_online: Mapped[bool] = mapped_column(default=False)
    city_id: Mapped[int | None] = mapped_column(ForeignKey("cities.id"))
    place: Mapped[str] = mapped_column(String(PLACE_MAX), default="")
    search: Mapped[str] = mapped_column(Text, default=_default_search, deferred=True)
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    time_zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default=DEFAULT_CURRENCY)
    capacity: Mapped[int | None]
    cover_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pictures.id", ondelete="SET NULL"), index=True)
    approval: Mapped[str] = mapped_column(String(10), default=Approval.PENDING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    decision_note: Mapped[str | None] = mapped_column(String(NOTE_MAX))
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    @property
    def ends_local(self) -> datetime | None:
        """The wall clock time in ``time_zone`` at which the event ends, or ``None`` if it has no end."""
        return end_on_the_clock(self.ends_at, self.time_zone)

    @hybrid_property
    def over_at(self) -> datetime:
        """Return the instant from which the event is over: its end, or ``OPEN_END`` after its start if it has none.

        An end at the very start counts as none. On the class this is the SQL expression of the same instant.
        """
        if self.ends_at is None or self.ends_at == self.starts_at:
            return self.starts_at + OPEN_END
        return self.ends_at

    @over_at.inplace.expression
    @classmethod
    def _over_at(cls) -> ColumnElement[datetime]:
        return func.coalesce(func.nullif(cls.ends_at, cls.starts_at), cls.starts_at + OPEN_END)

    def is_over(self, at: datetime) -> bool:
        """Return whether the event is over at the instant ``at``."""
        return self.over_at <= at


@event.listens_for(Event, "before_update")
def _update_search(_mapper: object, _connection: object, changed: Event) -> None:
    state = inspect(changed)
    if any(state.attrs[name].history.has_changes() for name in ("title", "place")):
        changed.search = search_text(changed.title, changed.place)


class Participation(Base):
    """The attendance of one person at one event: going, or on the waiting list.

    People on the waiting list get free places in the order of ``joined_at``.
    """

    __tablename__ = "participations"
    __table_args__ = (
        CheckConstraint("state IN ('going', 'waiting')", name="state"),
        Index("ix_participations_account_id", "account_id"),
        Index("ix_participations_queue", "event_id", "state", "joined_at"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=Attendance.GOING)
    joined_at: Mapped[datetime] = mapped_column(default=now)
