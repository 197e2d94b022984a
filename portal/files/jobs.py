"""The periodic job that deletes pictures to which no row of another table refers any more."""

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
"""How long a stored picture is kept although no row refers to it: a form may still be going to use it."""


def sweep(now: datetime) -> int:
    """Delete unused pictures and files that belong to no picture; return the number of both together.

    A picture is unused if no row of another table refers to it. Both are kept for ``GRACE_PERIOD`` before ``now``.
    The deletion of pictures is written to the audit trail.
    """
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
    """Return the conditions that together say that no row of another table refers to the picture.

    They are derived from the foreign keys of all tables, except for ``picture_digests``, so new tables are included.
    """
    target = Picture.__table__.c.id
    return [
        ~exists().where(column == Picture.id)
        for table in Base.metadata.sorted_tables
        if table is not PictureDigest.__table__
        for column in table.columns
        if any(key.column is target for key in column.foreign_keys)
    ]


def _delete_files(limit: datetime) -> int:
    """Delete files last written before ``limit`` whose digest no picture has; return their number.

    Call it after the deletion of pictures is committed. Uploads hold the lock shared until they commit, so none is in
    progress while this function runs.
    """
    with unit_of_work():
        db.session.execute(select(func.pg_advisory_xact_lock(SWEEP_LOCK)))
        in_use = set(db.session.scalars(select(Picture.digest)))
        orphans = [path for path in storage.older_than(limit) if _digest(path) not in in_use]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


def _digest(path: Path) -> str:
    """Return the part of the file's name before the first hyphen.

    For an original or a variant it is the digest of the picture; for a temporary file it matches no digest.
    """
    return path.name.partition("-")[0]
