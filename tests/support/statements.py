"""The SQL statements that a piece of code sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg

from portal.application import PortalFlask
from portal.core.db.unit_of_work import reading
from portal.settings import registry


@contextmanager
def counting(app: PortalFlask) -> Iterator[list[str]]:
    """Yield a list that collects what the driver sends meanwhile, without the savepoints of the test itself.

    The process has cached the settings before, as all but the first request after a change of them find it: which test
    comes first must not matter.
    """
    with app.test_request_context(), reading():
        registry.current()
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def record(self: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        if "SAVEPOINT" not in str(query):
            sent.append(str(query))
        return execute(self, query, *arguments, **options)

    with patch.object(psycopg.Cursor, "execute", record):
        yield sent
