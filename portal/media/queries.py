"""Giving pictures out."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.media import files, images
from portal.media.files import StoredPicture
from portal.media.models import ORIGINAL, SIZES, VARIANT_TYPE, VARIANTS, Picture, PictureDigest, Purpose
from portal.media.policies import may_see


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


def read(stored: StoredPicture) -> bytes:
    """The picture as it was kept; raises ``FileNotFoundError`` when the file is lost."""
    return files.original_path(stored.digest).read_bytes()


def read_variant(stored: StoredPicture, variant: str) -> bytes:
    """A smaller picture, made when it is first asked for; its digest is remembered so that an echo is recognised."""
    path = files.variant_path(stored.digest, variant)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = images.resized(read(stored), SIZES[variant])
    values = {"picture_id": stored.id, "digest": files.digest_of(data)}
    db.session.execute(insert(PictureDigest).values(values).on_conflict_do_nothing())
    files.write(path, data)
    return data


def base64_of(stored: StoredPicture, variant: str | None = None) -> str | None:
    """The contract's form of a picture or of one variant of it; ``None`` when the file is lost."""
    try:
        return base64.b64encode(read_variant(stored, variant) if variant else read(stored)).decode()
    except FileNotFoundError:
        return None
