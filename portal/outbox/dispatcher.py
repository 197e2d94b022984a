"""Sending what is due: claim, commit, hand over, record, commit, next."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError

from portal.core.clock import now
from portal.core.db.unit_of_work import reading
from portal.outbox.claims import (
    MAX_ATTEMPTS,
    Claimed,
    claim,
    is_stale,
    record_failure,
    record_sent,
    record_uncertain,
)
from portal.outbox.kinds import is_secret
from portal.outbox.models import MessageChannel, State
from portal.outbox.transports import WAYS_OUT
from portal.outbox.transports.base import Deferred, Refused, Transport, Unknown, Unreachable

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Together well within a lease."""

VERDICTS = {
    State.WAITING: "will be tried again",
    State.GIVEN_UP: "given up",
    State.WITHDRAWN: "withdrawn, because it would come too late",
}


class Outcome(Enum):
    SENT = auto()
    FAILED = auto()
    NOBODY_THERE = auto()


def send_due(channel: MessageChannel = MessageChannel.MAIL, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send what is due on one channel until nothing is, and say how many left.

    Any number of threads and processes may do so at once. Ends early when ``keep_going`` says so, or when nobody can
    be reached on this channel, so that an outage costs one attempt at a time and not one per message.
    """
    sent = 0
    with closing(WAYS_OUT[channel]()) as transport:
        while keep_going() and (message := claim(channel)) is not None:
            outcome = deliver(transport, message)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.NOBODY_THERE:
                break
    return sent


def deliver(transport: Transport[Any], message: Claimed) -> Outcome:
    """Hand one message over, if it still should be, and record how it went."""
    if message.abandoned and not may_repeat(transport, message):
        return uncertain(message, "the process that tried to send this ended before it was done")
    if message.abandoned and message.attempts > MAX_ATTEMPTS:
        return failed(message, "every process that tried to send this ended before it was done", final=True)
    if is_stale(message, now()):
        return failed(message, "nobody came to send this in time")
    return attempt(transport, message)


def attempt(transport: Transport[Any], message: Claimed) -> Outcome:
    try:
        hand_over(transport, message)
    except Unreachable as error:
        failed(message, str(error))
        return Outcome.NOBODY_THERE
    except Unknown as error:
        record = failed if may_repeat(transport, message) else uncertain
        record(message, str(error))
        return Outcome.NOBODY_THERE
    except Refused as error:
        return failed(message, str(error), final=True)
    except Deferred as error:
        return failed(message, str(error), pause=error.pause)
    except Exception as error:
        # Whatever went wrong with this one, the next ones must not wait for it.
        current_app.logger.exception("message %s (%s) could not be sent", message.id, message.kind)
        return failed(message, f"{type(error).__name__}: {error}")
    insist_on_recording(message)
    return Outcome.SENT


def may_repeat(transport: Transport[Any], message: Claimed) -> bool:
    """Whether a message that has perhaps left may leave again: a code told twice harms less than one never told."""
    return transport.repeatable or is_secret(message.kind)


def insist_on_recording(message: Claimed) -> None:
    """It has left: while the database is away for a moment, wait for it rather than send the message again."""
    for pause in PAUSES:
        try:
            return record_sent(message)
        except OperationalError as error:
            current_app.logger.warning("message %s is sent but not recorded yet: %s", message.id, error)
            time.sleep(pause)
    return record_sent(message)


def hand_over(transport: Transport[Any], message: Claimed) -> None:
    """Render first: no connection to the database is held while speaking to the network."""
    with reading():
        composed = transport.compose(message)
    transport.send(composed)


def failed(message: Claimed, reason: str, *, final: bool = False, pause: timedelta = timedelta()) -> Outcome:
    state = record_failure(message, reason, final=final, pause=pause)
    log = current_app.logger.warning if state is State.WAITING else current_app.logger.error
    log("message %s (%s), attempt %d: %s; %s", message.id, message.kind, message.attempts, reason, VERDICTS[state])
    return Outcome.FAILED


def uncertain(message: Claimed, reason: str) -> Outcome:
    record_uncertain(message, reason)
    current_app.logger.error("message %s (%s) is perhaps sent: %s", message.id, message.kind, reason)
    return Outcome.FAILED
