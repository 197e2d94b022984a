"""Giving pictures out."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.files import images, storage
from portal.files.models import ORIGINAL, SIZES, VARIANT_TYPE, VARIANTS, Picture, PictureDigest, Purpose
from portal.files.policies import may_see
from portal.files.storage import StoredPicture

SMALL_BYTES = 32 * 1024
"""Pictures up to this size travel in bulk as they are, larger ones as a small variant."""
REMEMBERED = 256  # of about 20 KB each, in every process


@dataclass(frozen=True, slots=True)
class Rendition:
    """The bytes of one variant; ``etag`` names exactly these bytes."""

    data: bytes
    content_type: str
    etag: str


def rendition(actor: Actor, picture_id: uuid.UUID, variant: str) -> Rendition:
    """One variant of a picture, or the picture itself (``original``).

    Raises ``NotFound`` when there is none for the caller.
    """
    nothing = NotFound("no_such_picture", _("There is no such picture."))
    picture = db.session.get(Picture, picture_id)
    if picture is None or not may_see(actor, picture):
        raise nothing
    if variant != ORIGINAL and variant not in VARIANTS[Purpose(picture.purpose)]:
        raise nothing
    stored = StoredPicture(picture.id, picture.digest, picture.content_type, picture.size)
    try:
        if variant == ORIGINAL:
            return Rendition(read(stored), picture.content_type, picture.digest)
        return Rendition(read_variant(stored, variant), VARIANT_TYPE, f"{picture.digest}-{variant}")
    except FileNotFoundError:
        raise nothing from None


def find(picture_id: uuid.UUID) -> StoredPicture | None:
    """What is needed to emit the picture, for callers who have checked that it may be seen."""
    row = db.session.execute(
        select(Picture.id, Picture.digest, Picture.content_type, Picture.size).where(Picture.id == picture_id)
    ).one_or_none()
    return StoredPicture(*row) if row else None


def bytes_of(picture_id: uuid.UUID) -> bytes | None:
    """The picture as it was kept, for callers who have checked that it may be seen; ``None`` when it is lost."""
    stored = find(picture_id)
    try:
        return read(stored) if stored else None
    except FileNotFoundError:
        return None


def read(stored: StoredPicture) -> bytes:
    """The picture as it was kept; raises ``FileNotFoundError`` when the file is lost."""
    return storage.original_path(stored.digest).read_bytes()


def read_variant(stored: StoredPicture, variant: str) -> bytes:
    """A smaller picture, made when it is first asked for; its digest is remembered so that an echo is recognised."""
    path = storage.variant_path(stored.digest, variant)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = images.resized(read(stored), SIZES[variant])
    # The file serves every picture of the same content, so each of them has given it out.
    given = select(Picture.id, literal(storage.digest_of(data))).where(Picture.digest == stored.digest)
    known = insert(PictureDigest).from_select(["picture_id", "digest"], given)
    db.session.execute(known.on_conflict_do_nothing())
    storage.write(path, data)
    return data


def base64_of(stored: StoredPicture, variant: str | None = None) -> str | None:
    """The contract's form of a picture or of one variant of it; ``None`` when the file is lost."""
    is_small = variant is not None or stored.size <= SMALL_BYTES
    try:
        return _remembered_base64(stored, variant) if is_small else _base64(stored, variant)
    except FileNotFoundError:
        return None


def _base64(stored: StoredPicture, variant: str | None) -> str:
    return base64.b64encode(read_variant(stored, variant) if variant else read(stored)).decode()


# Never stale: a picture's content does not change.
_remembered_base64 = lru_cache(maxsize=REMEMBERED)(_base64)
