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
    """The outcome of one attempt to send a message.

    ``FAILED`` includes messages that were perhaps sent. After ``UNREACHABLE`` the next message would fail for the same
    reason.
    """

    SENT = auto()
    FAILED = auto()
    UNREACHABLE = auto()


def send_due(channel: MessageChannel = MessageChannel.MAIL, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send the due messages of one channel until none is left, and return how many were sent.

    Any number of threads and processes may do so at once. It ends early when ``keep_going`` returns ``False``, or when
    the server cannot be reached, so that an outage costs one attempt at a time and not one per message. Raise
    ``KeyError`` for a channel that has no transport.
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
    """Send a claimed message, record the outcome in its row and return it.

    Nothing is sent and ``FAILED`` returned for a message past its ``good_until``, and for one whose last attempt ended
    without an outcome, if it may not be repeated (recorded as uncertain) or has no attempt left (given up).
    """
    if message.abandoned and not may_repeat(transport, message):
        return uncertain(message, "the process that tried to send this ended before it was done")
    if message.abandoned and message.attempts > MAX_ATTEMPTS:
        return failed(message, "every process that tried to send this ended before it was done", final=True)
    if is_stale(message, now()):
        return failed(message, "no process sent this in time")
    return attempt(transport, message)


def attempt(transport: Transport[Any], message: ClaimedMessage) -> Outcome:
    """Send a claimed message, record the outcome in its row and return it; no error of sending is raised.

    ``Unreachable`` and ``OutcomeUnknown`` of the transport return ``Outcome.UNREACHABLE``, all other errors, those of
    rendering included, ``Outcome.FAILED``.
    """
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

    It may if the transport is ``repeatable``, or if the kind is secret: a code that arrives twice does less harm than
    one that never arrives.
    """
    return transport.repeatable or is_secret(message.kind)


def record_sent_with_retries(message: ClaimedMessage) -> None:
    """Record that a message was sent, trying again for half a minute while the database is not available.

    The message would be sent a second time without that. Raise ``OperationalError`` if the last try fails too.
    """
    for pause in RECORD_RETRY_SECONDS:
        try:
            return record_sent(message)
        except OperationalError as error:
            current_app.logger.warning("message %s is sent but not recorded yet: %s", message.id, error)
            time.sleep(pause)
    return record_sent(message)


def compose_and_send(transport: Transport[Any], message: ClaimedMessage) -> None:
    """Compose a message, give the database connection back, and send the message over the network.

    Raise the transport's ``Refused``, ``Deferred``, ``Unreachable`` or ``OutcomeUnknown``, and any error of composing.
    """
    with reading():
        composed = transport.compose(message)
    transport.send(composed)


def failed(message: ClaimedMessage, reason: str, *, final: bool = False, delay: timedelta = timedelta()) -> Outcome:
    """Record and log that an attempt to send a message failed for ``reason``, and return ``Outcome.FAILED``.

    ``final`` gives the message up. Otherwise it is tried again, ``delay`` later at the earliest, unless it has no
    attempt or no time left.
    """
    state = record_failure(message, reason, final=final, delay=delay)
    log = current_app.logger.warning if state is State.WAITING else current_app.logger.error
    log("message %s (%s), attempt %d: %s; %s", message.id, message.kind, message.attempts, reason, CONSEQUENCES[state])
    return Outcome.FAILED


def uncertain(message: ClaimedMessage, reason: str) -> Outcome:
    """Record and log that a message was perhaps sent, which ends its attempts, and return ``Outcome.FAILED``."""
    record_uncertain(message, reason)
    current_app.logger.error("message %s (%s) is perhaps sent: %s", message.id, message.kind, reason)
    return Outcome.FAILED
