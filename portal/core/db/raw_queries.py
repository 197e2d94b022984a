"""Raw queries of nearly every request: written with the models, compiled once, sent by the driver itself.

Around a small statement SQLAlchemy spends three quarters of what the driver does; without this the bar of a bearer GET
(`make bench ONLY=bearer`) does not hold. Errors are raised as SQLAlchemy would raise them.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection, Error
from psycopg.rows import namedtuple_row
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError

from portal.core.db import unit_of_work


class RawQuery:
    """A read statement, compiled once and sent by the driver itself; each value in it must be a ``bindparam``."""

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement
        self.sql = ""

    def rows(self, **values: object) -> list[Any]:
        """Return all rows as named tuples; ``values`` are the statement's parameters by name.

        The query runs on the connection of the current unit of work. Raise ``DBAPIError`` for an error of the database,
        as SQLAlchemy does, so that a unit of work whose connection broke is retried.
        """
        connection = unit_of_work.connection()
        driver: Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # psycopg's, always
        self.sql = self.sql or str(self.statement.compile(dialect=connection.dialect))
        try:
            return driver.cursor(row_factory=namedtuple_row).execute(self.sql, values).fetchall()
        except Error as error:
            if driver.closed:
                return list(connection.execute(self.statement, values))  # fails, and lets go of broken connections
            raise DBAPIError(self.sql, values, error, hide_parameters=True) from error
