"""Taking messages out of the outbox: each step is a short transaction of its own, and none waits for a network.

A claim is a lease: the row's ``due_at`` moves behind the longest a hand-over can take, so a message whose process
died becomes due again by itself. Only the holder of the lease may record how it went.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.events import publish
from portal.extensions import db
from portal.outbox.domain_events import DeliveryFailed
from portal.outbox.kinds import is_secret
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
SHORT_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30))
SHARE = 100
"""Of the time that a message is still good, a pause takes this part, unless that is shorter than a short pause."""
ERROR_MAX = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of this process; ``attempts`` counts this one too.

    ``abandoned``: it was in other hands before, which never said how it went.
    """

    id: uuid.UUID
    key: str
    kind: str
    channel: str
    recipient: str
    locale: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    good_until: datetime | None
    lease: uuid.UUID
    abandoned: bool


def claim(channel: str) -> Claimed | None:
    """The message of this channel that has been due for longest, leased to the caller; ``None`` when none is due."""
    moment, table = now(), OutboxMessage
    due = (
        select(table.id, table.lease.is_not(None).label("abandoned"))
        .where(table.state == State.WAITING, table.channel == channel, table.due_at <= moment)
        .order_by(table.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(table)
        .where(table.id == due.c.id)
        .values(lease=uuid.uuid4(), due_at=moment + LEASE, attempts=table.attempts + 1)
        .returning(
            table.id,
            table.key,
            table.kind,
            table.channel,
            table.recipient,
            table.locale,
            table.payload,
            table.attempts,
            table.created_at,
            table.good_until,
            table.lease,
            due.c.abandoned,
        )
        .execution_options(synchronize_session=False)
    )
    with unit_of_work():
        row: Any = db.session.execute(statement).one_or_none()  # too many columns for its own type
    return None if row is None else Claimed(*row)


def record_sent(message: Claimed) -> None:
    """It has left. A secret goes with it."""
    with unit_of_work():
        settle(message, state=State.SENT, sent_at=now(), last_error=None)


def record_uncertain(message: Claimed, reason: str) -> None:
    """Nobody can say whether it has left, and it must not leave twice."""
    with unit_of_work():
        settle(message, state=State.UNCERTAIN, last_error=reason[:ERROR_MAX])


def record_failure(message: Claimed, reason: str, *, final: bool = False, pause: timedelta = timedelta()) -> State:
    """It has not left: put it back for later, or end it where all can see, and tell who listens.

    The next try comes after ``pause`` or the usual one, whichever is longer. Returns the state that follows.
    """
    due_at = now() + max(pause, usual_pause(message))
    state = state_after(message, due_at, final=final)
    fact = DeliveryFailed(message.key, message.kind, message.channel, final=state is not State.WAITING)
    outcome: dict[str, Any] = {"state": state, "due_at": due_at, "last_error": reason[:ERROR_MAX]}
    try:
        with unit_of_work():
            if settle(message, **outcome):
                publish(fact)
    except Exception:
        # Told together or not at all, but recorded in any case: else the message would be tried for ever.
        current_app.logger.exception("nobody heard that message %s (%s) failed", message.id, message.kind)
        with unit_of_work():
            settle(message, **outcome)
    return state


def state_after(message: Claimed, due_at: datetime, *, final: bool) -> State:
    """What becomes of a message that failed and could be tried again at ``due_at``."""
    if final or (message.good_until is None and message.attempts >= MAX_ATTEMPTS):
        return State.GIVEN_UP
    return State.WITHDRAWN if is_stale(message, due_at) else State.WAITING


def is_stale(message: Claimed, moment: datetime) -> bool:
    """Whether it would be of no use to anybody at ``moment``."""
    return message.good_until is not None and message.good_until < moment


def usual_pause(message: Claimed) -> timedelta:
    """Longer after each try; short where there is little time left."""
    pause = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    if message.good_until is None:
        return pause
    short = SHORT_PAUSES[min(message.attempts, len(SHORT_PAUSES)) - 1]
    return min(pause, max(short, (message.good_until - now()) / SHARE))


def settle(message: Claimed, *, state: State, **values: Any) -> bool:
    """End the lease in the caller's transaction; ``False`` when it has already passed to somebody else."""
    if state is not State.WAITING and is_secret(message.kind):
        values["payload"] = {}
    mine = (OutboxMessage.id == message.id) & (OutboxMessage.lease == message.lease)
    ended = update(OutboxMessage).where(mine).values(lease=None, state=state.value, **values)
    ended = ended.returning(OutboxMessage.id).execution_options(synchronize_session=False)
    return db.session.scalar(ended) is not None
