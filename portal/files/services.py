"""Taking pictures in."""

from __future__ import annotations

import base64
import binascii
import re
import uuid

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.extensions import db
from portal.files import images, storage
from portal.files.cropping import LEAST_SIDE, BadPart, Part
from portal.files.images import MAX_PIXELS, NotAnImage, PreparedImage, TooManyPixels
from portal.files.models import Picture, PictureDigest, Purpose

MILLION = 1_000_000
MEGABYTE = 1024 * 1024
SWEEP_LOCK = 0x70696374  # any number that no other advisory lock uses
BAD_PART = lazy_gettext(
    "This part of the photo cannot be used. Choose one that lies inside it and is at least %(least)s pixels wide.",
    least=LEAST_SIDE,
)
DATA_PREFIX = re.compile(r"data:[\w.+/-]*;base64,", re.ASCII)


def store(
    actor: Actor, data: bytes, purpose: Purpose, *, field: str | None = None, owner_id: uuid.UUID | None = None
) -> Picture:
    """Keep a picture; a clean one byte for byte, any other upright and without metadata.

    It belongs to ``owner_id``, by default to the actor. ``field`` is the input that a refusal names, by default the
    purpose. Raises ``Invalid`` with code ``not_an_image`` or ``image_too_large``.
    """
    prepared = _prepare(data, field or purpose.value)
    # Shared with other uploads, exclusive for the sweep: it must not take a file away before its row is committed.
    db.session.execute(select(func.pg_advisory_xact_lock_shared(SWEEP_LOCK)))
    digest = storage.digest_of(prepared.data)
    picture = Picture(
        owner_id=owner_id or actor.account_id,
        purpose=purpose.value,
        digest=digest,
        content_type=prepared.content_type,
        size=len(prepared.data),
        width=prepared.width,
        height=prepared.height,
    )
    db.session.add(picture)
    db.session.flush()
    known = {digest, storage.digest_of(data), *storage.digests_of_variants(digest)}
    db.session.execute(insert(PictureDigest), [{"picture_id": picture.id, "digest": each} for each in known])
    storage.write(storage.original_path(digest), prepared.data)
    record(actor, "media.store", target=("picture", picture.id), purpose=purpose.value, size=picture.size)
    return picture


def cut(data: bytes, part: Part, *, field: str) -> bytes:
    """A square part of the upright picture, clean, for ``store``; the whole of a clean square picture is itself.

    Raises ``Invalid`` with code ``bad_part``, ``not_an_image`` or ``image_too_large``.
    """
    try:
        return _prepare(data, field, part).data
    except BadPart:
        raise Invalid("bad_part", str(BAD_PART), field=field) from None


def same_picture(picture_id: uuid.UUID | None, data: bytes) -> bool:
    """Whether ``data`` is what we once took for the picture, or any form of it that we ever gave out."""
    if picture_id is None:
        return False
    known = select(PictureDigest.digest).where(
        PictureDigest.picture_id == picture_id, PictureDigest.digest == storage.digest_of(data)
    )
    return db.session.scalar(known) is not None


def decode_base64(text: str, field: str) -> bytes:
    """The bytes of a picture in the contract's form; a ``data:`` prefix is dropped. Raises ``Invalid``."""
    prefix = DATA_PREFIX.match(text)
    try:
        return base64.b64decode(text[prefix.end() :] if prefix else text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("not_base64", _("The picture is not encoded in base64."), field=field) from None


def picture_url(picture_id: uuid.UUID, variant: str) -> str:
    """The address of one variant of a picture; a new picture has a new id, so the address never gets stale."""
    return f"/media/{picture_id}/{variant}"


def _prepare(data: bytes, field: str, part: Part | None = None) -> PreparedImage:
    cap = settings().max_upload_bytes
    too_large = Invalid(
        "image_too_large",
        _(
            "This picture is too large. Choose one of at most %(megabytes)s MB and %(megapixels)s megapixels.",
            megabytes=cap // MEGABYTE,
            megapixels=MAX_PIXELS // MILLION,
        ),
        field=field,
    )
    if len(data) > cap:
        raise too_large
    try:
        return images.prepare(data, part)
    except TooManyPixels:
        raise too_large from None
    except NotAnImage:
        raise Invalid(
            "not_an_image", _("We cannot read this picture. Choose a JPEG, PNG or WebP file."), field=field
        ) from None
