"""Checks of a database before the portal migrates it."""

from __future__ import annotations

import psycopg

OLDEST_MAJOR = 14
EXTENSIONS = ("pg_trgm", "unaccent", "fuzzystrmatch")
CONNECT_SECONDS = 5


class PreflightError(Exception):
    """The portal cannot run on the configured database; the error's text is one sentence for operators."""


def check(url: str) -> None:
    """Raise ``PreflightError`` unless the portal can connect to the database at ``url`` and run on it."""
    try:
        connection = psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
        raise PreflightError(f"The database of DATABASE_URL cannot be used: {reason}.") from None
    with connection:
        fault = find_fault(connection)
    if fault is not None:
        raise PreflightError(fault)


def find_fault(connection: psycopg.Connection) -> str | None:
    """Return a sentence about why the portal cannot run on a database, or ``None`` if it can.

    Checked are the version of PostgreSQL, the available extensions, and whether it folds Cyrillic letters.
    """
    version = connection.info.server_version // 10000
    if version < OLDEST_MAJOR:
        return f"The database of DATABASE_URL is PostgreSQL {version}; the portal needs {OLDEST_MAJOR} or newer."
    available = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
    missing = sorted(set(EXTENSIONS) - {name for (name,) in available})
    if missing:
        return f"The database of DATABASE_URL lacks {', '.join(missing)}: install PostgreSQL's contrib package there."
    row = connection.execute("SELECT current_setting('server_encoding') = 'UTF8' AND lower('И') = 'и'").fetchone()
    if row is None or not row[0]:
        return (
            "The database of DATABASE_URL does not fold Cyrillic letters: create it with encoding UTF8 and a locale "
            "other than C, for example C.UTF-8."
        )
    return None
