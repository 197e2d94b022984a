"""Taking messages out of the outbox: each step is a short transaction of its own, and none waits for a network.

A claim is a lease: the row's ``due_at`` moves behind the longest a hand-over can take, so a message whose process
died becomes due again by itself. Only the holder of the lease may record how it went.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.core.clock import now
from portal.core.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox.kinds import kind_named
from portal.outbox.models import OutboxMessage, State

LEASE = timedelta(minutes=2)
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
MAX_ATTEMPTS = len(BACK_OFF) + 1
ERROR_MAX = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of this process; ``attempts`` counts this one too."""

    id: uuid.UUID
    kind: str
    channel: str
    recipient: str
    locale: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    lease: uuid.UUID


def claim() -> Claimed | None:
    """The message that has been due for longest, leased to the caller; ``None`` when none is due."""
    moment, table = now(), OutboxMessage
    due = (
        select(table.id)
        .where(table.state == State.WAITING, table.due_at <= moment)
        .order_by(table.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(table)
        .where(table.id == due)
        .values(lease=uuid.uuid4(), due_at=moment + LEASE, attempts=table.attempts + 1)
        .returning(
            table.id,
            table.kind,
            table.channel,
            table.recipient,
            table.locale,
            table.payload,
            table.attempts,
            table.created_at,
            table.lease,
        )
        .execution_options(synchronize_session=False)
    )
    with unit_of_work():
        row = db.session.execute(statement).one_or_none()
    return None if row is None else Claimed(*row)


def record_sent(message: Claimed) -> None:
    """It has left. A secret goes with it."""
    settle(message, state=State.SENT.value, sent_at=now(), last_error=None, **without_secret(message))


def record_failure(message: Claimed, reason: str, *, final: bool) -> bool:
    """It has not left: put it back for later, or give it up where all can see; returns whether it was given up."""
    final = final or message.attempts >= MAX_ATTEMPTS
    if final:
        settle(message, state=State.GIVEN_UP.value, last_error=reason[:ERROR_MAX], **without_secret(message))
    else:
        due_at = now() + BACK_OFF[message.attempts - 1]
        settle(message, due_at=due_at, last_error=reason[:ERROR_MAX])
    return final


def settle(message: Claimed, **values: Any) -> None:
    """End the lease, unless it has already passed to somebody else."""
    mine = (OutboxMessage.id == message.id) & (OutboxMessage.lease == message.lease)
    with unit_of_work():
        db.session.execute(
            update(OutboxMessage).where(mine).values(lease=None, **values).execution_options(synchronize_session=False)
        )


def without_secret(message: Claimed) -> dict[str, Any]:
    """What to overwrite at the end: nothing, or the payload of a kind that carries a secret or is unknown here."""
    try:
        return {"payload": {}} if kind_named(message.kind).secret else {}
    except LookupError:
        return {"payload": {}}
