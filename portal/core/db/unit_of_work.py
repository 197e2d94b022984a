"""One transaction per writing request, job or command; reads run in autocommit.

The engine's connections are in autocommit, so that a read costs one statement and nothing around it; a unit of work
borrows the same connections through ``writing_engine``, which switches them to transactions and back. What only reads
has one connection, a ``Reader``'s, with a session on it or without one: a session costs more than a small read.

``PortalFlask.dispatch_request`` opens and commits it, so that a failing commit still meets the error handlers.
Nobody below the edge commits.
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


class Reader:
    """The connection of what only reads, in autocommit; borrowed when somebody first asks for it."""

    is_reading = False
    connection: sa.Connection | None = None

    def connect(self) -> sa.Connection:
        if self.connection is None:
            bind = engine()
            self.connection = bind if isinstance(bind, sa.Connection) else bind.connect()
        return self.connection

    def close(self) -> None:
        if self.connection is not None and self.connection is not engine():
            self.connection.close()
        self.connection = None


class PortalSession(Session):
    """A session that writes in transactions unless it was told to read."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        if reader().is_reading:
            return reader().connect()
        bound = super().get_bind(mapper, clause, bind, **kwargs)
        return writing_engine(bound) if isinstance(bound, sa.Engine) else bound


@cache
def writing_engine(engine: sa.Engine) -> sa.Engine:
    """The same pool with transactions; made once per engine."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def reader() -> Reader:
    """That of the request, job or command."""
    if "reader" not in g:
        g.reader = Reader()
    current: Reader = g.reader
    return current


def init_app(app: Flask) -> None:
    """Give back a request's connection; must register before the session, which then lets go of it first."""

    @app.teardown_appcontext
    def close_reader(_error: BaseException | None) -> None:
        reader().close()


def engine() -> sa.Engine | sa.Connection:
    """The pool of connections in autocommit; a test's single connection where it has only one."""
    bind: sa.Engine | sa.Connection = _database().engine
    return bind


def connection() -> sa.Connection:
    """The connection that a session would use now, without making one where it is not needed."""
    return reader().connect() if reader().is_reading else session().connection()


def session() -> sa.orm.scoped_session[PortalSession]:
    """Return the session of the current application context, as a proxy that opens it when it is first used."""
    return _database().session  # type: ignore[return-value]  # Flask-SQLAlchemy types the plain Session


def _database() -> SQLAlchemy:
    """The extension bound to the current application, as Flask-SQLAlchemy registers it."""
    database: SQLAlchemy = current_app.extensions["sqlalchemy"]
    return database


class CommitUnknown(Exception):
    """The server went away while committing: nobody can say whether the work was kept, so it is not repeated."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what the block did, or roll all of it back; for jobs, commands and the edge of a request.

    Raises ``CommitUnknown`` when the connection breaks during the commit itself.
    """
    current = session()
    reader().is_reading = False
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
    """A connection beside the running transaction, in autocommit: what is written there stays, come what may."""
    bind = engine()
    if isinstance(bind, sa.Connection):
        yield bind
    else:
        with bind.connect() as connection:
            yield connection


@contextmanager
def reading() -> Iterator[None]:
    """Read without a transaction: each statement sees what is committed when it starts; no connection is kept."""
    with reading_request():
        yield
    end_reading()


@contextmanager
def reading_request() -> Iterator[None]:
    """The same for a whole request, whose connection goes back at its end anyway."""
    current = reader()
    current.is_reading = True
    try:
        yield
    except BaseException:
        end_reading()
        raise
    finally:
        current.is_reading = False


def end_reading() -> None:
    """Give the connection back at once, with what a session has read through it."""
    if session().registry.has():
        session().rollback()
    reader().close()


def is_worth_retrying(error: DBAPIError) -> bool:
    """A deadlock or serialisation failure, or a connection that broke before the commit: nothing was kept."""
    return isinstance(error.orig, RETRIED) or error.connection_invalidated


def is_away(error: BaseException) -> bool:
    """Whether the database does not answer at all, or has no connection to spare; it may in a moment."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, sa.exc.TimeoutError)
    state = getattr(error.orig, "sqlstate", None)
    refused = isinstance(error.orig, psycopg.OperationalError) and (state is None or state.startswith("57P"))
    return error.connection_invalidated or refused


def run(work: Callable[[], Result], *, writes: bool) -> Result:
    """Do a request's work in its unit of work; once more if the database asks for it."""
    scope = unit_of_work if writes else reading_request
    try:
        with scope():
            return work()
    except DBAPIError as error:
        if not is_worth_retrying(error):
            raise
        with scope():
            return work()
