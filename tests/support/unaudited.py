"""What a request writes without an audit entry, which fails the test that made the request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from portal.audit.exemptions import EXEMPT
from portal.core.db.base import Base

WRITE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)(?:\s+SET\s+(\w+))?")


def written_tables(statement: str) -> set[str]:
    """Return the tables that a statement writes to; an update adds the first column it sets: ``table.column``."""
    tables = set()
    for table, column in WRITE.findall(statement):
        if table in Base.metadata.tables:
            tables.add(f"{table}.{column}" if column else table)
    return tables


def unaudited(statements: list[str]) -> set[str]:
    """Return what the statements have written although no audit entry is among them and no exemption applies."""
    written = set().union(*map(written_tables, statements))
    if "audit_entries" in written:
        return set()
    return {name for name in written if name not in EXEMPT and name.partition(".")[0] not in EXEMPT}


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Yield a list that collects each statement of the block that affected a row."""
    statements: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if cursor.rowcount:
            statements.append(statement)

    sa.event.listen(sa.Engine, "after_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)
