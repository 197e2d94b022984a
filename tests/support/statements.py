"""The SQL statements that a piece of code sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg

from portal.application import PortalFlask


@contextmanager
def counting(app: PortalFlask) -> Iterator[list[str]]:
    """Yield a list that collects what the driver sends meanwhile, without the savepoints of the test itself."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def record(self: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        if "SAVEPOINT" not in str(query):
            sent.append(str(query))
        return execute(self, query, *arguments, **options)

    with patch.object(psycopg.Cursor, "execute", record):
        yield sent
