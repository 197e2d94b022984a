"""The table of messages to send: services write them in their own transaction, the dispatcher sends them after it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class MessageChannel(StrEnum):
    """The channels by which a message can be sent; messages stored for ``sms`` wait, as it has no transport yet."""

    MAIL = "mail"
    TELEGRAM = "telegram"
    SMS = "sms"


class State(StrEnum):
    """The states of a message in the outbox.

    ``waiting``: to be sent or tried again; ``given_up``: not sent, for good; ``uncertain``: perhaps sent, and not
    repeated; ``withdrawn``: not sent, because it would come too late to be useful.
    """

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


class OutboxMessage(Base):
    """A message to one recipient, waiting to be sent or with the outcome.

    The recipient is an email or the id of a chat, never an account. ``key`` is unique, so that nothing is sent twice.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'telegram', 'sms')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'given_up', 'uncertain', 'withdrawn')", name="state"),
        Index(None, "recipient", "created_at"),
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
