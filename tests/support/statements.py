"""How often the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.application import PortalFlask
from portal.extensions import db


@contextmanager
def counting(app: PortalFlask) -> Iterator[list[str]]:
    """The statements that run meanwhile, without the test's own savepoints; settings are read anew."""
    ran: list[str] = []
    app.extensions.pop("settings_cache", None)
    with app.app_context():
        engine = db.engine

    def note(*execution: object) -> None:
        if "SAVEPOINT" not in str(execution[2]):
            ran.append(str(execution[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", note)
