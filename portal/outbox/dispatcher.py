"""The dispatcher: claims each message that is due, sends it outside any transaction, and records the outcome."""

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
    ClaimedMessage,
    claim,
    is_stale,
    record_failure,
    record_sent,
    record_uncertain,
)
from portal.outbox.kinds import is_secret
from portal.outbox.models import MessageChannel, State
from portal.outbox.transports import TRANSPORTS
from portal.outbox.transports.base import Deferred, OutcomeUnknown, Refused, Transport, Unreachable

RECORD_RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Pauses between attempts to record that a message was sent; together well within a lease."""

CONSEQUENCES = {
    State.WAITING: "will be tried again",
    State.GIVEN_UP: "given up",
    State.WITHDRAWN: "withdrawn, because it would come too late",
}


class Outcome(Enum):
    """The outcome of one attempt; after ``UNREACHABLE`` the next message would fail in the same way."""

    SENT = auto()
    FAILED = auto()
    UNREACHABLE = auto()


def send_due(channel: MessageChannel = MessageChannel.MAIL, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send the messages of one channel until none is due, and return how many were sent.

    Any number of threads and processes may do so at once. Ends early when ``keep_going`` returns ``False``, or when
    the server cannot be reached, so that an outage costs one attempt at a time and not one per message.
    """
    sent = 0
    with closing(TRANSPORTS[channel]()) as transport:
        while keep_going() and (message := claim(channel)) is not None:
            outcome = deliver(transport, message)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.UNREACHABLE:
                break
    return sent


def deliver(transport: Transport[Any], message: ClaimedMessage) -> Outcome:
    """Send one message, unless it is too late or not safe to do so, and record the outcome."""
    if message.abandoned and not may_repeat(transport, message):
        return uncertain(message, "the process that tried to send this ended before it was done")
    if message.abandoned and message.attempts > MAX_ATTEMPTS:
        return failed(message, "every process that tried to send this ended before it was done", final=True)
    if is_stale(message, now()):
        return failed(message, "no process sent this in time")
    return attempt(transport, message)


def attempt(transport: Transport[Any], message: ClaimedMessage) -> Outcome:
    """Send one message and record the outcome, whatever the transport raises."""
    try:
        compose_and_send(transport, message)
    except Unreachable as error:
        failed(message, str(error))
        return Outcome.UNREACHABLE
    except OutcomeUnknown as error:
        record = failed if may_repeat(transport, message) else uncertain
        record(message, str(error))
        return Outcome.UNREACHABLE
    except Refused as error:
        return failed(message, str(error), final=True)
    except Deferred as error:
        return failed(message, str(error), delay=error.delay)
    except Exception as error:
        # A message that cannot be rendered, for example, must not keep the next ones from being sent.
        current_app.logger.exception("message %s (%s) could not be sent", message.id, message.kind)
        return failed(message, f"{type(error).__name__}: {error}")
    record_sent_with_retries(message)
    return Outcome.SENT


def may_repeat(transport: Transport[Any], message: ClaimedMessage) -> bool:
    """Return whether a message that was perhaps sent may be sent again.

    Secret kinds may be: a code that arrives twice does less harm than one that never arrives.
    """
    return transport.repeatable or is_secret(message.kind)


def record_sent_with_retries(message: ClaimedMessage) -> None:
    """Record that a message was sent; wait for a database that is away rather than send the message again."""
    for pause in RECORD_RETRY_SECONDS:
        try:
            return record_sent(message)
        except OperationalError as error:
            current_app.logger.warning("message %s is sent but not recorded yet: %s", message.id, error)
            time.sleep(pause)
    return record_sent(message)


def compose_and_send(transport: Transport[Any], message: ClaimedMessage) -> None:
    """Compose a message first, so that no database connection is held while the transport uses the network."""
    with reading():
        composed = transport.compose(message)
    transport.send(composed)


def failed(message: ClaimedMessage, reason: str, *, final: bool = False, delay: timedelta = timedelta()) -> Outcome:
    """Record and log that a message was not sent."""
    state = record_failure(message, reason, final=final, delay=delay)
    log = current_app.logger.warning if state is State.WAITING else current_app.logger.error
    log("message %s (%s), attempt %d: %s; %s", message.id, message.kind, message.attempts, reason, CONSEQUENCES[state])
    return Outcome.FAILED


def uncertain(message: ClaimedMessage, reason: str) -> Outcome:
    """Record and log that a message was perhaps sent."""
    record_uncertain(message, reason)
    current_app.logger.error("message %s (%s) is perhaps sent: %s", message.id, message.kind, reason)
    return Outcome.FAILED
