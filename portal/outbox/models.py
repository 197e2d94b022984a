"""Messages to send: written by services in their own transaction, sent by the dispatcher after it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class MessageChannel(StrEnum):
    """No way leads out by ``sms`` yet: what is stored for it waits."""

    MAIL = "mail"
    TELEGRAM = "telegram"
    SMS = "sms"


class State(StrEnum):
    """``uncertain``: perhaps handed over, nobody can say, and not repeated; ``withdrawn``: of no use any more."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


class OutboxMessage(Base):
    """The recipient is an address or a chat, never an account; ``key`` is unique, so a fact is told once."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'telegram', 'sms')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'given_up', 'uncertain', 'withdrawn')", name="state"),
        Index("ix_outbox_messages_due", "channel", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    recipient: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    payload: Mapped[dict[str, object]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    good_until: Mapped[datetime | None]
    lease: Mapped[uuid.UUID | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
