"""One transaction per writing request, job or command; reads run in autocommit.

The engine's connections are in autocommit, so that a read costs one statement and nothing around it; a unit of work
borrows the same connections through ``writing_engine``, which switches them to transactions and back.

``PortalFlask.dispatch_request`` opens and commits it, so that a failing commit still meets the error handlers.
Nobody below the edge commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import psycopg.errors
import sqlalchemy as sa
from flask_sqlalchemy.session import Session
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

READING = "reads_in_autocommit"
RETRIED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class PortalSession(Session):
    """A session that writes in transactions unless it was told to read."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        engine = super().get_bind(mapper, clause, bind, **kwargs)
        if self.info.get(READING) or not isinstance(engine, sa.Engine):
            return engine
        return writing_engine(engine)


@cache
def writing_engine(engine: sa.Engine) -> sa.Engine:
    """The same pool with transactions; made once per engine."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def session() -> sa.orm.scoped_session[PortalSession]:
    from portal.extensions import db  # the extension object imports this module

    return db.session  # type: ignore[return-value]  # Flask-SQLAlchemy types the plain Session


class CommitUnknown(Exception):
    """The server went away while committing: nobody can say whether the work was kept, so it is not repeated."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what the block did, or roll all of it back; for jobs, commands and the edge of a request.

    Raises ``CommitUnknown`` when the connection breaks during the commit itself.
    """
    current = session()
    current.info[READING] = False
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
def apart() -> Iterator[sa.Connection]:
    """A connection beside the running transaction, in autocommit: what is written there stays, come what may."""
    from portal.extensions import db  # the extension object imports this module

    engine: sa.Engine | sa.Connection = db.engine
    if isinstance(engine, sa.Connection):  # a test's single connection
        yield engine
    else:
        with engine.connect() as connection:
            yield connection


@contextmanager
def reading() -> Iterator[None]:
    """Read without a transaction: each statement sees what is committed when it starts; no connection is kept."""
    with reading_request():
        yield
    session().rollback()


@contextmanager
def reading_request() -> Iterator[None]:
    """The same for a whole request, whose connection goes back when its session is removed anyway."""
    current = session()()  # itself: asking the scope for each of its parts costs more than what is asked for
    current.info[READING] = True
    try:
        yield
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info[READING] = False


def is_worth_retrying(error: DBAPIError) -> bool:
    """A deadlock or serialisation failure, or a connection that broke before the commit: nothing was kept."""
    return isinstance(error.orig, RETRIED) or error.connection_invalidated


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
