"""Adding rows to tables by COPY, which stays fast for fifty thousand people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import psycopg
from psycopg import sql

from portal.core.db.base import Base
from portal.extensions import db


def copy_rows(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Add rows, given as values by column, to the table of ``model`` by COPY, and return their number.

    They are added in the session's transaction. All rows have the same keys. Defaults are not filled in: every column
    without a server default must be given.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    connection = cast("psycopg.Connection[Any]", db.session.connection().connection.driver_connection)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model.__tablename__), sql.SQL(", ").join(map(sql.Identifier, first))
    )
    count = 1
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write_row(tuple(first.values()))
        for row in rows:
            copy.write_row(tuple(row.values()))
            count += 1
    return count
