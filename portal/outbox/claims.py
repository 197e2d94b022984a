"""Claims on messages: taking one out of the outbox to send it, and recording what became of it.

Each step is a short transaction of its own, and none waits for a network. A claim is a lease: the row's ``due_at``
moves behind the longest time that sending can take, so a message whose process died becomes due again by itself. Only
the holder of the lease may record the outcome.
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
"""Delay after each failed attempt of a message that has no ``good_until``."""
MAX_ATTEMPTS = len(BACK_OFF) + 1
URGENT_BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30))
"""Shortest delay after each failed attempt of a message that has a ``good_until``."""
REMAINING_TIME_SHARE = 100
"""The delay of a message with a ``good_until`` is one part in so many of the time left, if that is longer."""
ERROR_MAX = 500


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this process holds a lease on; ``attempts`` counts the current attempt too.

    ``abandoned`` says whether another process claimed it before and never recorded an outcome.
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


def claim(channel: str) -> ClaimedMessage | None:
    """Lease the message of this channel that has been due for longest, and return it; ``None`` when none is due.

    The attempt is counted at once. Messages that another process is claiming at this moment are skipped; one whose
    lease of ``LEASE`` has run out without a recorded outcome is due again.
    """
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
    return None if row is None else ClaimedMessage(*row)


def record_sent(message: ClaimedMessage) -> None:
    """Record that a message was sent, end its lease and wipe the payload of a secret kind.

    Nothing changes if another process has taken over the lease.
    """
    with unit_of_work():
        release_lease(message, state=State.SENT, sent_at=now(), last_error=None)


def record_uncertain(message: ClaimedMessage, reason: str) -> None:
    """Record that a message was perhaps sent, with the reason, and end its lease; it is not sent again.

    The payload of a secret kind is wiped. Nothing changes if another process has taken over the lease.
    """
    with unit_of_work():
        release_lease(message, state=State.UNCERTAIN, last_error=reason[:ERROR_MAX])


def record_failure(
    message: ClaimedMessage, reason: str, *, final: bool = False, delay: timedelta = timedelta()
) -> State:
    """Record that a message was not sent, publish ``DeliveryFailed``, and return the state that follows.

    The message is tried again after ``delay`` or its usual delay, whichever is longer; with ``final`` or without an
    attempt left it is given up, without time left withdrawn. A handler that raises is logged, and the failure recorded
    all the same. Nothing is recorded or published if another process has taken over the lease.
    """
    due_at = now() + max(delay, retry_delay(message))
    state = state_after(message, due_at, final=final)
    event = DeliveryFailed(message.key, message.kind, message.channel, final=state is not State.WAITING)
    outcome: dict[str, Any] = {"state": state, "due_at": due_at, "last_error": reason[:ERROR_MAX]}
    try:
        with unit_of_work():
            if release_lease(message, **outcome):
                publish(event)
    except Exception:
        # Event and record share a transaction, but the record must survive: else the message is retried for ever.
        current_app.logger.exception("a handler of the failure of message %s (%s) failed", message.id, message.kind)
        with unit_of_work():
            release_lease(message, **outcome)
    return state


def state_after(message: ClaimedMessage, due_at: datetime, *, final: bool) -> State:
    """Return the state after a failed attempt of a message that could be tried again at ``due_at``.

    It is ``GIVEN_UP`` with ``final`` or, without a ``good_until``, after ``MAX_ATTEMPTS``; ``WITHDRAWN`` if ``due_at``
    is after ``good_until``; else ``WAITING``.
    """
    if final or (message.good_until is None and message.attempts >= MAX_ATTEMPTS):
        return State.GIVEN_UP
    return State.WITHDRAWN if is_stale(message, due_at) else State.WAITING


def is_stale(message: ClaimedMessage, moment: datetime) -> bool:
    """Return whether ``moment`` is after the message's ``good_until``; ``False`` for a message without one."""
    return message.good_until is not None and message.good_until < moment


def retry_delay(message: ClaimedMessage) -> timedelta:
    """Return the delay before the next attempt to send a message, which grows with its attempts.

    With a ``good_until`` it is cut to a hundredth of the time left, but not below ``URGENT_BACK_OFF``.
    """
    delay = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    if message.good_until is None:
        return delay
    shortest = URGENT_BACK_OFF[min(message.attempts, len(URGENT_BACK_OFF)) - 1]
    return min(delay, max(shortest, (message.good_until - now()) / REMAINING_TIME_SHARE))


def release_lease(message: ClaimedMessage, *, state: State, **values: Any) -> bool:
    """End the lease in the caller's transaction and store ``state`` and the columns ``values``; return ``True`` then.

    Return ``False`` and store nothing if another process has taken over the lease. The payload of a secret kind is
    wiped unless the message waits again.
    """
    if state is not State.WAITING and is_secret(message.kind):
        values["payload"] = {}
    held = (OutboxMessage.id == message.id) & (OutboxMessage.lease == message.lease)
    released = update(OutboxMessage).where(held).values(lease=None, state=state.value, **values)
    released = released.returning(OutboxMessage.id).execution_options(synchronize_session=False)
    return db.session.scalar(released) is not None
