"""How often the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg

from portal.application import PortalFlask


@contextmanager
def counting(app: PortalFlask) -> Iterator[list[str]]:
    """Collect what the driver sends meanwhile, without the test's own savepoints."""
    ran: list[str] = []
    execute = psycopg.Cursor.execute

    def note(self: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        if "SAVEPOINT" not in str(query):
            ran.append(str(query))
        return execute(self, query, *arguments, **options)

    with patch.object(psycopg.Cursor, "execute", note):
        yield ran
