"""Reads of stored pictures, for callers who have checked that the picture may be seen."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.extensions import db
from portal.files import storage
from portal.files.models import Picture
from portal.files.storage import StoredPicture


def find(picture_id: uuid.UUID) -> StoredPicture | None:
    """Return the id, digest, content type and size of a picture, or ``None`` if there is no such picture.

    It does not check who may see the picture.
    """
    row = db.session.execute(
        select(Picture.id, Picture.digest, Picture.content_type, Picture.size).where(Picture.id == picture_id)
    ).one_or_none()
    return StoredPicture(*row) if row else None


def picture_bytes(picture_id: uuid.UUID) -> bytes | None:
    """Return the stored bytes of a picture, or ``None`` if there is no such picture or its file cannot be read.

    It does not check who may see the picture.
    """
    stored = find(picture_id)
    try:
        return read(stored) if stored else None
    except OSError:
        return None


def is_lost(stored: StoredPicture) -> bool:
    """Return whether this machine does not have the file of the picture."""
    return not storage.original_path(stored.digest).exists()


def read(stored: StoredPicture) -> bytes:
    """Return the stored bytes of the picture; raise ``FileNotFoundError`` if its file is lost."""
    return storage.original_path(stored.digest).read_bytes()
