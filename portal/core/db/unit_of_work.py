"""One transaction per writing request, job or command; reads run in autocommit.

The engine's connections are in autocommit, so that a read costs one statement and nothing around it; a unit of work
borrows the same connections through ``writing_engine``, which switches them to transactions and back. A request that
only reads has one connection, with a session only where it needs one: a session costs more than a small read.

``PortalFlask.dispatch_request`` opens and commits the unit of work, so that a failing commit still meets the error
handlers. Services never commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import psycopg
import psycopg.errors
import sqlalchemy as sa
from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

RETRIED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class ReadConnection:
    """The autocommit connection of a request, job or command that reads; borrowed from the pool at its first use."""

    is_reading = False
    connection: sa.Connection | None = None

    def connect(self) -> sa.Connection:
        """Return the connection, borrowed now if it was not yet."""
        if self.connection is None:
            bind = engine()
            self.connection = bind if isinstance(bind, sa.Connection) else bind.connect()
        return self.connection

    def close(self) -> None:
        """Give the connection back to the pool."""
        if self.connection is not None and self.connection is not engine():
            self.connection.close()
        self.connection = None


class PortalSession(Session):
    """A session in a transaction, or on the autocommit connection while only reading."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """Return the connection or engine for a statement, as SQLAlchemy asks."""
        if read_connection().is_reading:
            return read_connection().connect()
        bound = super().get_bind(mapper, clause, bind, **kwargs)
        return writing_engine(bound) if isinstance(bound, sa.Engine) else bound


@cache
def writing_engine(engine: sa.Engine) -> sa.Engine:
    """Return an engine with transactions over the pool of ``engine``; made once per engine."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def read_connection() -> ReadConnection:
    """Return the read connection of the current request, job or command."""
    if "read_connection" not in g:
        g.read_connection = ReadConnection()
    current: ReadConnection = g.read_connection
    return current


def init_app(app: Flask) -> None:
    """Give a request's read connection back at its end; register before the session, which must let go of it first."""

    @app.teardown_appcontext
    def close_read_connection(_error: BaseException | None) -> None:
        read_connection().close()


def engine() -> sa.Engine | sa.Connection:
    """Return the engine of autocommit connections, or the only connection of a test that has one."""
    bind: sa.Engine | sa.Connection = _database().engine
    return bind


def connection() -> sa.Connection:
    """Return the connection that a session would use now, without opening a session while only reading."""
    return read_connection().connect() if read_connection().is_reading else session().connection()


def session() -> sa.orm.scoped_session[PortalSession]:
    """Return the session of the current application context, as a proxy that opens it when it is first used."""
    return _database().session  # type: ignore[return-value]  # Flask-SQLAlchemy types the plain Session


def _database() -> SQLAlchemy:
    """Return the extension that Flask-SQLAlchemy has registered with the current application."""
    database: SQLAlchemy = current_app.extensions["sqlalchemy"]
    return database


class CommitUnknown(Exception):
    """The connection broke during the commit: whether the work was kept is unknown, so it is not repeated."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what the block did, or roll all of it back if it raises; for requests, jobs and commands.

    Raises ``CommitUnknown`` when the connection breaks during the commit itself.
    """
    current = session()
    read_connection().is_reading = False
    try:
        yield
    except BaseException:
        current.rollback()
        raise
    try:
        current.commit()
    except DBAPIError as error:
        current.rollback()
        if error.connection_invalidated:
            raise CommitUnknown from error
        raise


@contextmanager
def autocommit_connection() -> Iterator[sa.Connection]:
    """Yield an autocommit connection beside the unit of work, whose rollback does not undo what it writes."""
    bind = engine()
    if isinstance(bind, sa.Connection):
        yield bind
    else:
        with bind.connect() as connection:
            yield connection


@contextmanager
def reading() -> Iterator[None]:
    """Read in autocommit, for jobs and commands; the connection is given back at the end of the block.

    Each statement sees what is committed when it starts.
    """
    with reading_request():
        yield
    end_reading()


@contextmanager
def reading_request() -> Iterator[None]:
    """Read in autocommit for a whole request, whose connection is given back at its end."""
    current = read_connection()
    current.is_reading = True
    try:
        yield
    except BaseException:
        end_reading()
        raise
    finally:
        current.is_reading = False


def end_reading() -> None:
    """Give the read connection back at once, and forget what a session has read through it."""
    if session().registry.has():
        session().rollback()
    read_connection().close()


def is_worth_retrying(error: DBAPIError) -> bool:
    """Return whether nothing was kept: after a deadlock, a serialisation failure or a connection lost before commit."""
    return isinstance(error.orig, RETRIED) or error.connection_invalidated


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is not reachable or has no free connection, which may change in a moment."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, sa.exc.TimeoutError)
    state = getattr(error.orig, "sqlstate", None)
    refused = isinstance(error.orig, psycopg.OperationalError) and (state is None or state.startswith("57P"))
    return error.connection_invalidated or refused


def run(work: Callable[[], Result], *, writes: bool) -> Result:
    """Return the result of ``work`` in a unit of work, or while reading; it is retried once if nothing was kept."""
    scope = unit_of_work if writes else reading_request
    try:
        with scope():
            return work()
    except DBAPIError as error:
        if not is_worth_retrying(error):
            raise
        with scope():
            return work()
