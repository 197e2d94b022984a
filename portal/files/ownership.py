"""Whose pictures a folder holds: a clean-up against another database would take every file for unused.

That happens with a restore drill, a staging portal or a wrong ``DATABASE_URL``.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from portal.core.environment import settings
from portal.extensions import db
from portal.files import storage

MARKER = ".database"
FEW = 20
LARGEST_SHARE = 0.1
"""A clean-up deletes at most this share of the files at once, or ``FEW`` of them."""


class Refusal(Exception):
    """The clean-up is refused; the text says why, and what to type if it is right after all."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. If that is right, run: flask --app wsgi sweep-pictures --confirm")


def database_id() -> str:
    """Return what identifies the current database: its server's own number and its number there.

    A copy that was restored elsewhere has another one; a standby that took over has the same.
    """
    server = db.session.scalar(text("SELECT system_identifier FROM pg_control_system()"))
    number = db.session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return f"{server}/{number}"


def marker() -> Path:
    """Return the path of the file that says which database the folder of pictures belongs to."""
    return settings().media_dir / MARKER


def claim() -> None:
    """Record that the folder of pictures belongs to the current database."""
    marker().unlink(missing_ok=True)
    storage.write(marker(), database_id().encode())


def claim_if_new() -> None:
    """Record whose the folder of pictures is, if it is missing or empty: before the first picture is stored."""
    folder = settings().media_dir
    if not marker().exists() and not (folder.exists() and any(folder.iterdir())):
        claim()


def check(orphans: int, files: int) -> None:
    """Raise ``Refusal`` unless ``orphans`` of ``files`` may be deleted; claim a folder that has no owner yet.

    A folder without an owner is claimed if it holds nothing, or if the database knows at least half of its files.
    """
    if not marker().exists():
        if 2 * orphans > files:
            raise Refusal(f"the database knows only {files - orphans} of {files} files in {settings().media_dir}")
        claim()
    if marker().read_text() != database_id():
        raise Refusal(f"the pictures in {settings().media_dir} belong to another database")
    if orphans > max(FEW, LARGEST_SHARE * files):
        raise Refusal(f"{orphans} of {files} files in {settings().media_dir} would be deleted at once")
