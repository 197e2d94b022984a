"""Watching what a request writes: a change without a trace in the audit fails the test that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from portal.audit.exemptions import EXEMPT
from portal.core.db.base import Base

WRITE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)(?:\s+SET\s+(\w+))?")


def writes(statement: str) -> set[str]:
    """The tables that a statement writes to; for an update of one, with the first column it sets."""
    found = set()
    for table, column in WRITE.findall(statement):
        if table in Base.metadata.tables:
            found.add(f"{table}.{column}" if column else table)
    return found


def untraced(statements: list[str]) -> set[str]:
    """What was written and should have left a trace, if none was left."""
    written = set().union(*map(writes, statements))
    if "audit_entries" in written:
        return set()
    return {name for name in written if name not in EXEMPT and name.partition(".")[0] not in EXEMPT}


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every statement within the block that touched a row."""
    statements: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if cursor.rowcount:
            statements.append(statement)

    sa.event.listen(sa.Engine, "after_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)
