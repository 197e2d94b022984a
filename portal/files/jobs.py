"""The periodic job that deletes pictures which nothing refers to any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, func, select

from portal.audit.services import record
from portal.core.actor import system_actor
from portal.core.db.base import Base
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.files import storage
from portal.files.audit_actions import FileAction
from portal.files.models import Picture, PictureDigest
from portal.files.services import SWEEP_LOCK

GRACE_PERIOD = timedelta(hours=24)
"""How long an upload may wait for the form that uses it."""


def sweep(now: datetime) -> int:
    """Delete rows that nothing refers to and files that no row names; return how many of both."""
    limit = now - GRACE_PERIOD
    return _delete_rows(limit) + _delete_files(limit)


def _delete_rows(limit: datetime) -> int:
    with unit_of_work():
        unused = delete(Picture).where(Picture.created_at < limit, *_unused()).returning(Picture.id)
        deleted = len(db.session.scalars(unused).all())
        if deleted:
            record(system_actor(), FileAction.SWEEP, pictures=deleted)
        return deleted


def _unused() -> list[ColumnElement[bool]]:
    """Return the condition that no foreign key of any table refers to the picture; new tables need no entry here."""
    target = Picture.__table__.c.id
    return [
        ~exists().where(column == Picture.id)
        for table in Base.metadata.sorted_tables
        if table is not PictureDigest.__table__
        for column in table.columns
        if any(key.column is target for key in column.foreign_keys)
    ]


def _delete_files(limit: datetime) -> int:
    """Delete files after the deletion of rows is committed.

    Uploads hold the lock shared until they commit, so none is in progress here.
    """
    with unit_of_work():
        db.session.execute(select(func.pg_advisory_xact_lock(SWEEP_LOCK)))
        in_use = set(db.session.scalars(select(Picture.digest)))
        orphans = [path for path in storage.older_than(limit) if _digest(path) not in in_use]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


def _digest(path: Path) -> str:
    """Return the digest in the name of an original or a variant; a temporary file has none."""
    return path.name.partition("-")[0]
