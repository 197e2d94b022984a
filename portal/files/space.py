"""Space for pictures: how much of it the disk has, and how much one member may take in a day."""

from __future__ import annotations

import shutil
import uuid
from datetime import timedelta
from pathlib import Path

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from config import MEGABYTE
from portal.core.clock import now
from portal.core.environment import settings
from portal.core.errors import TooMany, Unavailable
from portal.extensions import db
from portal.files.models import Picture

DAY = timedelta(days=1)
DAILY_UPLOADS = 5
"""How many pictures of the largest size a member may store in a day."""
CANNOT_SAVE = _("Pictures cannot be saved at the moment. Everything else works; try again later.")


def free_bytes() -> int:
    """Return how many bytes are free where pictures are stored; raise ``OSError`` if that cannot be found out."""
    folder = settings().media_dir.absolute()
    existing: Path = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(existing).free


def warning() -> str | None:
    """Return a short text if the space will soon be too little for pictures, or is; else ``None``.

    It is given from twice the floor on, so that somebody can act before uploads are refused.
    """
    try:
        free = free_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    floor = settings().min_free_bytes
    if free >= 2 * floor:
        return None
    return f"{free // MEGABYTE} MB free, {'pictures are refused' if free < floor else 'soon too little'}"


def check_floor(field: str) -> None:
    """Raise ``Unavailable`` for ``field`` if less than ``MIN_FREE_BYTES`` are free: the database needs them, too."""
    try:
        is_enough = free_bytes() >= settings().min_free_bytes
    except OSError:
        is_enough = False
    if not is_enough:
        raise cannot_save(field)


def cannot_save(field: str) -> Unavailable:
    """Return the error for pictures that the disk does not take."""
    return Unavailable("cannot_save_pictures", CANNOT_SAVE, field=field)


def check_daily_bytes(owner_id: uuid.UUID | None, size: int, field: str) -> None:
    """Raise ``TooMany`` for ``field`` if the owner's pictures of the last day would exceed ``DAILY_UPLOADS``.

    Uploads of one owner take turns until they commit, so that parallel ones are counted exactly. Pictures that were
    deleted because nothing uses them do not count.
    """
    if owner_id is None:
        return
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"pictures of {owner_id}"))))
    stored = select(func.coalesce(func.sum(Picture.size), 0)).where(
        Picture.owner_id == owner_id, Picture.created_at > now() - DAY
    )
    if (db.session.scalar(stored) or 0) + size > DAILY_UPLOADS * settings().max_upload_bytes:
        sentence = _("You have uploaded many large pictures today. Try again tomorrow, or choose a smaller one.")
        raise TooMany("too_many_pictures", sentence, retry_after=int(DAY.total_seconds()), field=field)
