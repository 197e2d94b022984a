"""The periodic job that deletes pictures to which no row of another table refers any more.

It works in short transactions, so that no upload waits for a clean-up of many files. No file of a picture is lost even
if the connection breaks, and with it the lock: files are renamed, and deleted only when the commit has proved that the
lock was held until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, func, select

from portal.audit.services import record
from portal.core.actor import system_actor
from portal.core.db.base import Base
from portal.core.db.set_based import is_one_of
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.files import ownership, storage
from portal.files.audit_actions import FileAction
from portal.files.models import Picture, PictureDigest
from portal.files.services import SWEEP_LOCK

GRACE_PERIOD = timedelta(hours=1)
"""How long a stored picture is kept although no row refers to it: a page may still show it."""
BATCH = 200
"""How many rows or files one transaction deletes at most."""


def sweep(now: datetime, *, confirmed: bool = False) -> int:
    """Delete unused pictures and files that belong to no picture; return the number of both together.

    A picture is unused if no row of another table refers to it. Both are kept for ``GRACE_PERIOD`` before ``now``.
    The deletion of pictures is written to the audit trail. Files stay, and an error is logged, if the folder belongs to
    another database or too many of them would go at once; ``confirmed`` deletes them all the same.
    """
    limit = now - GRACE_PERIOD
    deleted = _delete_rows(limit)
    try:
        orphans = _find_orphans(limit, confirmed=confirmed)
    except ownership.Refusal as refusal:
        current_app.logger.error("no picture's file was deleted: %s", refusal)
        return deleted
    return deleted + sum(_delete_files(batch) for batch in _batches(orphans))


def _delete_rows(limit: datetime) -> int:
    deleted = batch = _delete_some_rows(limit)
    while batch == BATCH:
        batch = _delete_some_rows(limit)
        deleted += batch
    return deleted


def _delete_some_rows(limit: datetime) -> int:
    """Delete up to ``BATCH`` unused pictures and return how many; those that another transaction has locked stay."""
    unused = select(Picture.id).where(Picture.created_at < limit, *_unused()).order_by(Picture.id).limit(BATCH)
    with unit_of_work():
        ids = db.session.scalars(unused.with_for_update(skip_locked=True)).all()
        if ids:
            db.session.execute(delete(Picture).where(Picture.id.in_(ids)))
            record(system_actor(), FileAction.SWEEP, pictures=len(ids))
        return len(ids)


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


def _find_orphans(limit: datetime, *, confirmed: bool) -> list[Path]:
    """Return the paths of files last written before ``limit`` whose digest no picture has.

    Raise ``Refusal`` unless deleting them is plausible or ``confirmed``. A file that an interrupted clean-up has set
    aside, and that a picture has again, gets its name back.
    """
    files, orphans = 0, []
    for batch in _batches(storage.older_than(limit)):
        with unit_of_work():
            unknown = _unknown(batch)
        files += len(batch)
        orphans += unknown
        for path in set(batch).difference(unknown):
            storage.put_back(path)
    with unit_of_work():
        if confirmed:
            ownership.claim()
        elif files:
            ownership.check(len(orphans), files)
    return orphans


def _delete_files(orphans: Sequence[Path]) -> int:
    """Delete those of the files whose digest no picture has by now, and return how many these are.

    Uploads hold the lock shared until they commit, so none of them is between its file and its row meanwhile.
    """
    set_aside: list[Path] = []
    try:
        with unit_of_work():
            db.session.execute(select(func.pg_advisory_xact_lock(SWEEP_LOCK)))
            for path in _unknown(orphans):
                if renamed := storage.set_aside(path):
                    set_aside.append(renamed)
    except BaseException:  # with the connection the lock is lost, and an upload may have relied on the file
        for aside in set_aside:
            storage.put_back(aside)
        raise
    for aside in set_aside:
        aside.unlink(missing_ok=True)
    return len(set_aside)


def _unknown(paths: Sequence[Path]) -> list[Path]:
    """Return those of the paths whose digest no picture has."""
    is_known = is_one_of(Picture.digest, map(storage.digest_in, paths))
    known = set(db.session.scalars(select(Picture.digest).where(is_known)))
    return [path for path in paths if storage.digest_in(path) not in known]


def _batches(paths: Iterable[Path]) -> Iterator[list[Path]]:
    remaining = iter(paths)
    while batch := list(islice(remaining, BATCH)):
        yield batch
