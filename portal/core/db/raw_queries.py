"""Raw queries: written with the models, compiled once, and sent by the driver itself.

Around a small statement SQLAlchemy spends three quarters of what the driver does, and building a large one costs more
than running it. A raw query is built and compiled at its first use; its parameters are numbered (``$1``), which
psycopg sends as they are, while it parses a statement with named parameters anew each time once it is longer than 4,096
characters or has more than 50 of them. Errors are raised as SQLAlchemy would raise them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from psycopg import Connection, Error, RawCursor
from psycopg.rows import namedtuple_row
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from portal.core.db import unit_of_work
from portal.core.db.base import AnySelect

_NUMBERED = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's


@dataclass(frozen=True, slots=True)
class _Expanded:
    """The text of a statement, the names of its parameters in their order, and the values that it holds itself.

    ``callables`` return the values that are asked for at each execution, such as the present time.
    """

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]
    callables: Mapping[str, Callable[[], object]]

    def values(self, given: Mapping[str, object]) -> list[object]:
        """Return the values of the parameters in their order; raise ``KeyError`` for one that is missing."""
        known = {**self.constants, **{name: call() for name, call in self.callables.items()}, **given}
        return [known[name] for name in self.names]


class RawQuery:
    """A read statement that is compiled once; values that differ between executions are each a ``bindparam``.

    ``statement`` may be a function that returns it, for one that needs the running application.
    """

    def __init__(self, statement: AnySelect | Callable[[], AnySelect]) -> None:
        self._given = statement
        self._compiled: SQLCompiler | None = None
        self._shared: _Expanded | None = None

    @cached_property
    def statement(self) -> AnySelect:
        """The statement as SQLAlchemy knows it."""
        return self._given if isinstance(self._given, Select) else self._given()

    def rows(self, **values: object) -> list[Any]:
        """Return all rows as named tuples; ``values`` are the statement's parameters by name.

        The query runs on the connection of the current unit of work. Raise ``DBAPIError`` for an error of the database,
        as SQLAlchemy does, so that a unit of work whose connection broke is retried.
        """
        expanded = self._expanded(values)
        connection = unit_of_work.connection()
        driver: Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # psycopg's, always
        cursor = RawCursor(driver, row_factory=namedtuple_row)
        try:
            return cursor.execute(expanded.sql, expanded.values(values)).fetchall()
        except Error as error:
            if driver.closed:
                return list(connection.execute(self.statement, values))  # fails, and lets go of broken connections
            raise DBAPIError(expanded.sql, values, error, hide_parameters=True) from error

    def _expanded(self, values: Mapping[str, object]) -> _Expanded:
        """Return the text for these values, which is the same for all unless it shows some (see ``shown_value``)."""
        if self._shared is not None:
            return self._shared
        if self._compiled is None:
            self._compiled = self.statement.compile(dialect=_NUMBERED)
        compiled = self._compiled
        if any(bind.required for bind in compiled.literal_execute_params):
            return _expand(compiled, values)
        self._shared = _expand(compiled, {})
        return self._shared


def _expand(compiled: SQLCompiler, values: Mapping[str, object]) -> _Expanded:
    binds = compiled.binds
    required = {name for name, bind in binds.items() if bind.required}
    state = compiled.construct_expanded_state({**dict.fromkeys(required), **values})
    callables = {name: bind.callable for name, bind in binds.items() if bind.callable is not None}
    names = tuple(state.positiontup or ())
    constants = {name: state.parameters[name] for name in names if name not in required and name not in callables}
    return _Expanded(state.statement, names, constants, callables)
