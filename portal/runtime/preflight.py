"""What must be true of a database before the portal touches it."""

from __future__ import annotations

import psycopg

OLDEST = 14
EXTENSIONS = ("pg_trgm", "unaccent")
CONNECT_SECONDS = 5


class PreflightError(Exception):
    """The database cannot carry the portal; the text is one sentence for people."""


def check(url: str) -> None:
    """Raise ``PreflightError`` unless the portal can run on the database at ``url``."""
    try:
        connection = psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
        raise PreflightError(f"The database of DATABASE_URL cannot be used: {reason}.") from None
    with connection:
        complaint = complain(connection)
    if complaint is not None:
        raise PreflightError(complaint)


def complain(connection: psycopg.Connection) -> str | None:
    """The first thing wrong with a database that answers."""
    version = connection.info.server_version // 10000
    if version < OLDEST:
        return f"The database of DATABASE_URL is PostgreSQL {version}; the portal needs {OLDEST} or newer."
    found = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
    missing = sorted(set(EXTENSIONS) - {name for (name,) in found})
    if missing:
        return f"The database of DATABASE_URL lacks {', '.join(missing)}: install PostgreSQL's contrib package there."
    row = connection.execute("SELECT current_setting('server_encoding') = 'UTF8' AND lower('И') = 'и'").fetchone()
    if row is None or not row[0]:
        return (
            "The database of DATABASE_URL does not know Cyrillic letters: create it with encoding UTF8 and a locale "
            "other than C, for example C.UTF-8."
        )
    return None
