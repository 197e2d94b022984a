"""Failures of the database: which mean that it is unavailable, which may be repeated, and how they are logged."""

from __future__ import annotations

import logging

import psycopg
import psycopg.errors
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

RETRIED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
UNAVAILABLE = ("08", "25006", "25P03", "53", "55P03", "57014", "57P")
"""Beginnings of error codes (SQLSTATE): connection lost, a standby that only reads, no space or memory, a lock that
another transaction holds for too long, a statement that took too long, and shutting down."""


def is_worth_retrying(error: DBAPIError) -> bool:
    """Return whether work that failed with this error may be repeated, because none of it was stored.

    That holds after a deadlock, a serialisation failure and a connection lost before the commit.
    """
    return isinstance(error.orig, RETRIED) or error.connection_invalidated


def is_unavailable(error: BaseException) -> bool:
    """Return whether the error means that the database cannot serve at the moment, and the same may work in a minute.

    It is unreachable, hangs, shuts down, lacks connections, space or time, or a lock is held for too long.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, sa.exc.TimeoutError)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
    return error.connection_invalidated or state.startswith(UNAVAILABLE)


def log(logger: logging.Logger, error: BaseException, message: str, *values: object) -> None:
    """Log that something failed: with a traceback, or in one line if the database is unavailable.

    ``message`` and ``values`` are those of ``logging``. While the database is away nearly everything fails, always for
    the same reason.
    """
    if is_unavailable(error):
        cause = getattr(error, "orig", None) or error
        logger.warning(f"{message}: the database is unavailable (%s)", *values, type(cause).__name__)
    else:
        logger.error(message, *values, exc_info=error)
