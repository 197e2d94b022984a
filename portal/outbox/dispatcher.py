"""Sending what is due: claim, commit, hand over, record, commit, next."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from enum import Enum, auto
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError

from portal.core.unit_of_work import reading
from portal.outbox.claims import MAX_ATTEMPTS, Claimed, claim, record_failure, record_sent
from portal.outbox.transports import mail
from portal.outbox.transports.base import Deferred, Refused, Transport, Unreachable

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Together well within a lease."""


class Outcome(Enum):
    SENT = auto()
    FAILED = auto()
    NOBODY_THERE = auto()


def send_due(keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send what is due until nothing is, and say how many left.

    Any number of threads and processes may do so at once. Ends early when ``keep_going`` says so, or when the mail
    server cannot be reached, so that an outage costs one attempt at a time and not one per message.
    """
    sent = 0
    with closing(mail.transport()) as transport:
        while keep_going() and (message := claim()) is not None:
            outcome = deliver(transport, message)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.NOBODY_THERE:
                break
    return sent


def deliver(transport: Transport[Any], message: Claimed) -> Outcome:
    """Hand one message over and record how it went."""
    if message.attempts > MAX_ATTEMPTS:
        return failed(message, "every process that tried to send this ended before it was done", final=True)
    try:
        hand_over(transport, message)
    except Unreachable as error:
        failed(message, str(error))
        return Outcome.NOBODY_THERE
    except Refused as error:
        return failed(message, str(error), final=True)
    except Deferred as error:
        return failed(message, str(error))
    except Exception as error:
        # Whatever went wrong with this one, the next ones must not wait for it.
        current_app.logger.exception("message %s (%s) could not be sent", message.id, message.kind)
        return failed(message, f"{type(error).__name__}: {error}")
    insist_on_recording(message)
    return Outcome.SENT


def insist_on_recording(message: Claimed) -> None:
    """The mail has left: while the database is away for a moment, wait for it rather than send the mail again."""
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


def failed(message: Claimed, reason: str, *, final: bool = False) -> Outcome:
    given_up = record_failure(message, reason, final=final)
    log = current_app.logger.error if given_up else current_app.logger.warning
    verdict = "given up" if given_up else "will be tried again"
    log("message %s (%s), attempt %d: %s; %s", message.id, message.kind, message.attempts, reason, verdict)
    return Outcome.FAILED
