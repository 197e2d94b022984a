"""The periodic job that deletes pictures to which no row of another table refers any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, func, select

from portal.audit.services import record
from portal.core.actor import system_actor
from portal.core.db.base import Base
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.files import ownership, storage
from portal.files.audit_actions import FileAction
from portal.files.models import Picture, PictureDigest
from portal.files.services import SWEEP_LOCK

GRACE_PERIOD = timedelta(hours=1)
"""How long a stored picture is kept although no row refers to it: a page may still show it."""


def sweep(now: datetime, *, confirmed: bool = False) -> int:
    """Delete unused pictures and files that belong to no picture; return the number of both together.

    A picture is unused if no row of another table refers to it. Both are kept for ``GRACE_PERIOD`` before ``now``.
    The deletion of pictures is written to the audit trail. Files stay, and an error is logged, if the folder belongs to
    another database or too many of them would go at once; ``confirmed`` deletes them all the same.
    """
    limit = now - GRACE_PERIOD
    deleted = _delete_rows(limit)
    try:
        return deleted + _delete_files(limit, confirmed=confirmed)
    except ownership.Refusal as refusal:
        current_app.logger.error("no picture's file was deleted: %s", refusal)
        return deleted


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


def _delete_files(limit: datetime, *, confirmed: bool) -> int:
    """Delete files last written before ``limit`` whose digest no picture has; return their number.

    Raise ``Refusal`` unless that is plausible or ``confirmed``.

    Call it after the deletion of pictures is committed. Uploads hold the lock shared until they commit, so none is in
    progress while this function runs.
    """
    with unit_of_work():
        db.session.execute(select(func.pg_advisory_xact_lock(SWEEP_LOCK)))
        in_use = set(db.session.scalars(select(Picture.digest)))
        old = list(storage.older_than(limit))
        orphans = [path for path in old if _digest(path) not in in_use]
        if confirmed:
            ownership.claim()
        elif old:
            ownership.check(len(orphans), len(old))
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


def _digest(path: Path) -> str:
    """Return the part of the file's name before the first hyphen.

    For an original or a variant it is the digest of the picture; for a temporary file it matches no digest.
    """
    return path.name.partition("-")[0]
