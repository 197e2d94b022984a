"""Connections that give up a database which does not answer, and errors of it that hold no data.

PostgreSQL ends a statement that takes too long, but not while it hangs itself; then nothing but the client can.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import ExceptionContext

Value = TypeVar("Value")

PATIENCE_SECONDS = 2.0
"""How long a statement may take before we ask whether the database answers at all."""
CONNECT_SECONDS = 2
"""How long a connection may take to open; libpq's minimum."""
PAUSE_SECONDS = 2.0
"""How long nobody tries to connect after the database did not answer, so that requests fail at once."""

CONNECT_ARGUMENTS = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": 8_000,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
"""Arguments of libpq: what the kernel does about a machine that has vanished."""

WITHOUT_DATA = frozenset({"08", "23", "25", "40", "42", "53", "55", "57", "58", "XX"})
"""Classes of errors (SQLSTATE) whose first sentence names tables and columns, but quotes no value."""
LITERAL = re.compile(r"'(?:[^']|'')*'")


class NoAnswer(psycopg.OperationalError):
    """Error for a database that accepts connections, or did, but does not answer."""

    def __init__(self) -> None:
        super().__init__("the database does not answer")


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that raises ``NoAnswer`` when the database hangs; ``arguments`` are those that opened it."""

    arguments: dict[str, Any]
    unavailable_until = 0.0
    has_limits = True

    @classmethod
    def open(cls, **arguments: Any) -> WatchedConnection:
        """Return a new connection; raise ``NoAnswer`` at once for a while after the database did not answer."""
        if time.monotonic() < WatchedConnection.unavailable_until:
            raise NoAnswer
        try:
            connection = cls.connect(**arguments)
        except psycopg.errors.ConnectionTimeout:
            WatchedConnection.unavailable_until = time.monotonic() + PAUSE_SECONDS
            raise NoAnswer from None
        connection.arguments = arguments
        return connection

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Return what the server answers, as psycopg does.

        Raise ``NoAnswer`` and close the connection when the database has not answered for ``PATIENCE_SECONDS``, and a
        second connection does not open either. Other errors of the database lose what could be data.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, PATIENCE_SECONDS)
            except _WaitTimeout:
                if not self.is_answered():
                    self.close()
                    raise NoAnswer from None
            except psycopg.Error as error:
                hide_data(error)
                raise

    def is_answered(self) -> bool:
        """Return whether the database reacts to another connection, if only by refusing it."""
        try:
            type(self).open(**self.arguments).close()
        except NoAnswer:
            return False
        except psycopg.Error:
            return True
        return True


@contextmanager
def without_time_limits() -> Iterator[None]:
    """Let connections that this process opens in the block wait and work without the limits of a request."""
    WatchedConnection.has_limits = False
    try:
        yield
    finally:
        WatchedConnection.has_limits = True


def hide_data(error: psycopg.Error) -> None:
    """Reduce the text of an error to its first sentence and code, or to the code where that could quote a value.

    PostgreSQL adds the failing row, and logs and reports must hold nobody's data. ``error.diag`` keeps everything.
    """
    if error.sqlstate is None:
        return
    first = error.diag.message_primary or "" if error.sqlstate[:2] in WITHOUT_DATA else "the database refused it"
    error.args = (f"{first} ({error.sqlstate})",)


def watch(engine: type[Engine] | Engine) -> None:
    """Let an engine, or all, open watched connections, and keep literals of statements out of its errors."""
    if not event.contains(engine, "do_connect", open_watched):
        event.listen(engine, "do_connect", open_watched)
        event.listen(engine, "handle_error", hide_literals)


def open_watched(_dialect: Any, _record: Any, positional: list[Any], arguments: dict[str, Any]) -> WatchedConnection:
    """Open the connection that SQLAlchemy wants."""
    assert not positional, "SQLAlchemy's dialect for psycopg passes keywords"
    if not WatchedConnection.has_limits:
        arguments.pop("options", None)
    return WatchedConnection.open(**arguments)


def hide_literals(context: ExceptionContext) -> None:
    """Take the literals, which can be what somebody searched for, out of the statement that an error shows."""
    error = context.sqlalchemy_exception
    if error is not None and error.statement:
        error.statement = LITERAL.sub("'…'", error.statement)
