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

import sqlalchemy as sa
from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.exc import DBAPIError

from portal.core.db import connections
from portal.core.db.failures import is_worth_retrying

Result = TypeVar("Result")


class ReadConnection:
    """The autocommit connection of a request, job or command that reads; borrowed from the pool at its first use."""

    is_reading = False
    connection: sa.Connection | None = None

    def connect(self) -> sa.Connection:
        """Return the connection, borrowing one from the pool if there is none yet."""
        if self.connection is None:
            bind = engine()
            self.connection = bind if isinstance(bind, sa.Connection) else bind.connect()
        return self.connection

    def close(self) -> None:
        """Give the connection back to the pool, if one is borrowed; the single connection of a test stays open."""
        if self.connection is not None and self.connection is not engine():
            self.connection.close()
        self.connection = None


class PortalSession(Session):
    """A session in a transaction, or on the autocommit connection while only reading."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """Return what executes a statement: the read connection while only reading, else an engine with transactions.

        A test may bind a single connection, which is returned as it is.
        """
        if read_connection().is_reading:
            return read_connection().connect()
        bound = super().get_bind(mapper, clause, bind, **kwargs)
        return writing_engine(bound) if isinstance(bound, sa.Engine) else bound


@cache
def writing_engine(engine: sa.Engine) -> sa.Engine:
    """Return an engine with READ COMMITTED transactions that shares the pool of ``engine``; cached per engine."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def read_connection() -> ReadConnection:
    """Return the ``ReadConnection`` of the current request, job or command, made at the first call."""
    if "read_connection" not in g:
        g.read_connection = ReadConnection()
    current: ReadConnection = g.read_connection
    return current


def init_app(app: Flask) -> None:
    """Watch the connections, and have the read connection of each request, job and command given back at its end.

    Call it before the database extension is registered: teardown functions run in reverse order, and the session must
    let go of the connection first.
    """
    connections.watch(sa.Engine)

    @app.teardown_appcontext
    def close_read_connection(_error: BaseException | None) -> None:
        read_connection().close()


def engine() -> sa.Engine | sa.Connection:
    """Return the application's engine, whose connections are in autocommit, or the single connection of a test."""
    bind: sa.Engine | sa.Connection = _database().engine
    return bind


def connection() -> sa.Connection:
    """Return the read connection in a read-only request, job or command, else the connection of the session.

    While only reading no session is opened for it.
    """
    return read_connection().connect() if read_connection().is_reading else session().connection()


def session() -> sa.orm.scoped_session[PortalSession]:
    """Return the scoped session of the current application context, which opens a session at its first use."""
    return _database().session  # type: ignore[return-value]  # Flask-SQLAlchemy types the plain Session


def _database() -> SQLAlchemy:
    """Return the extension that Flask-SQLAlchemy has registered with the current application."""
    database: SQLAlchemy = current_app.extensions["sqlalchemy"]
    return database


class CommitUnknown(Exception):
    """Error for a connection that broke during the commit: the work may have been stored, so it is not repeated."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Run the block in one transaction: commit it at the end of the block, or roll it back if the block raises.

    Raise ``CommitUnknown`` when the connection breaks during the commit itself.
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
def discarding() -> Iterator[None]:
    """Run the block in a transaction that is always rolled back, within a request that only reads otherwise."""
    current, reads = session(), read_connection()
    is_reading, reads.is_reading = reads.is_reading, False
    current.rollback()  # what has been read on the read connection
    try:
        yield
    finally:
        current.rollback()
        reads.is_reading = is_reading


@contextmanager
def committing() -> Iterator[None]:
    """Run the block in a transaction that is committed at once, within a request that only reads otherwise.

    In a request that writes anyway, the block is a part of its transaction.
    """
    current, reads = session(), read_connection()
    if not reads.is_reading:
        yield
        return
    current.rollback()  # what has been read on the read connection
    try:
        with unit_of_work():
            yield
    finally:
        reads.is_reading = True


@contextmanager
def autocommit_connection() -> Iterator[sa.Connection]:
    """Yield an autocommit connection of its own, whose writes stay when the unit of work is rolled back.

    A test with a single connection gets that one.
    """
    bind = engine()
    if isinstance(bind, sa.Connection):
        yield bind
    else:
        with bind.connect() as connection:
            yield connection


@contextmanager
def reading() -> Iterator[None]:
    """Run the block, which only reads, in autocommit, and give its connection back to the pool at the end.

    It is for jobs and commands. Each statement sees what is committed when it starts.
    """
    with reading_request():
        yield
    end_reading()


@contextmanager
def reading_request() -> Iterator[None]:
    """Run the block, which only reads, in autocommit, and keep its connection until the end of the request.

    If the block raises, the connection is given back to the pool at once.
    """
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
    """Roll back the session, if one is open, and give the read connection, if one is borrowed, back to the pool."""
    if session().registry.has():
        session().rollback()
    read_connection().close()


def run(work: Callable[[], Result], *, writes: bool) -> Result:
    """Call ``work`` in a unit of work if it ``writes``, else only reading, and return its result.

    It is repeated once after a deadlock, a serialisation failure or a connection lost before the commit. Every other
    error, and that of the repetition, is raised.
    """
    scope = unit_of_work if writes else reading_request
    try:
        with scope():
            return work()
    except DBAPIError as error:
        if not is_worth_retrying(error):
            raise
        with scope():
            return work()
