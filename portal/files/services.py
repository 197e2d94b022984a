"""Services to store pictures, and to return them in the sizes that are needed."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from config import MEGABYTE
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.environment import settings
from portal.core.errors import Invalid, NotFound, Unavailable
from portal.extensions import db
from portal.files import images, ownership, queries, space, storage
from portal.files.audit_actions import FileAction
from portal.files.cropping import MIN_SIDE, CropArea, InvalidCropArea
from portal.files.images import MAX_PIXELS, NormalisedImage, NotAnImage, TooManyPixels
from portal.files.models import ORIGINAL, SIZES, VARIANT_TYPE, VARIANTS, Picture, PictureDigest, Purpose
from portal.files.placeholder import PLACEHOLDER, PLACEHOLDER_BASE64
from portal.files.policies import may_see
from portal.files.storage import StoredPicture

MILLION = 1_000_000
SWEEP_LOCK = 0x70696374  # any number that no other advisory lock uses
SMALL_BYTES = 32 * 1024
"""Lists hold pictures of up to this number of bytes as they are stored, larger ones as a small variant."""
REMEMBERED = 256  # of about 20 KB each, in every process
INVALID_CROP_AREA = lazy_gettext(
    "This part of the photo cannot be used. Choose one that lies inside it and is at least %(least)s pixels wide.",
    least=MIN_SIDE,
)
DATA_PREFIX = re.compile(r"data:[\w.+/-]*;base64,", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rendition:
    """The bytes of a picture in one variant, with their content type; ``etag`` identifies exactly these bytes."""

    data: bytes
    content_type: str
    etag: str


def store(
    actor: Actor, data: bytes, purpose: Purpose, *, field: str | None = None, owner_id: uuid.UUID | None = None
) -> Picture:
    """Store the picture in ``data`` without metadata, write an audit entry, and return its new row.

    The stored bytes are those that ``images.normalise`` returns. The owner is ``owner_id``, by default the actor.
    ``field`` is the input that an error names, by default the purpose. Raises ``Invalid`` with code ``not_an_image`` or
    ``image_too_large``, ``TooMany`` for an owner who has stored too much today, and ``Unavailable`` if the disk is full
    or takes no files.
    """
    field = field or purpose.value
    space.check_floor(field)
    normalised = _normalise(data, field)
    space.check_daily_bytes(owner_id or actor.account_id, len(normalised.data), field)
    # Shared with other uploads, exclusive for the sweep: it must not delete a file before its row is committed.
    db.session.execute(select(func.pg_advisory_xact_lock_shared(SWEEP_LOCK)))
    digest = storage.digest_of(normalised.data)
    picture = Picture(
        owner_id=owner_id or actor.account_id,
        purpose=purpose.value,
        digest=digest,
        content_type=normalised.content_type,
        size=len(normalised.data),
        width=normalised.width,
        height=normalised.height,
    )
    db.session.add(picture)
    db.session.flush()
    try:
        ownership.claim_if_new()
        known = {digest, storage.digest_of(data), *storage.digests_of_variants(digest)}
        storage.write(storage.original_path(digest), normalised.data)
    except OSError as error:
        raise space.cannot_save(field) from error
    db.session.execute(insert(PictureDigest), [{"picture_id": picture.id, "digest": each} for each in known])
    record(actor, FileAction.STORE, target=("picture", picture.id), purpose=purpose.value, size=picture.size)
    return picture


def crop(data: bytes, area: CropArea, *, field: str) -> bytes:
    """Return the bytes of the square ``area`` of an upright picture, without metadata, ready for ``store``.

    If the area is all of a square picture that needs no change (see ``images.normalise``), they are ``data``. Raises
    ``Invalid`` for ``field`` with code ``bad_part``, ``not_an_image`` or ``image_too_large``.
    """
    try:
        return _normalise(data, field, area).data
    except InvalidCropArea:
        raise Invalid("bad_part", str(INVALID_CROP_AREA), field=field) from None


def same_picture(picture_id: uuid.UUID | None, data: bytes) -> bool:
    """Return whether exactly these bytes were once uploaded or emitted for the picture, in whatever size.

    They are also if they are the placeholder of a lost picture. For any other the result is ``False`` if ``picture_id``
    is ``None``.
    """
    if data == PLACEHOLDER:
        return True
    if picture_id is None:
        return False
    known = select(PictureDigest.digest).where(
        PictureDigest.picture_id == picture_id, PictureDigest.digest == storage.digest_of(data)
    )
    return db.session.scalar(known) is not None


def decode_base64(text: str, field: str) -> bytes:
    """Return the bytes that ``text`` holds in base64 (RFC 4648), with or without a ``data:…;base64,`` prefix.

    Raises ``Invalid`` with code ``not_base64`` for ``field``.
    """
    prefix = DATA_PREFIX.match(text)
    try:
        return base64.b64decode(text[prefix.end() :] if prefix else text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("not_base64", _("The picture is not encoded in base64."), field=field) from None


def picture_url(picture_id: uuid.UUID, variant: str) -> str:
    """Return the path of the URL of one variant of a picture, or of its ``original``.

    The content behind it never changes, because a new picture has a new id.
    """
    return f"/media/{picture_id}/{variant}"


def rendition(actor: Actor, picture_id: uuid.UUID, variant: str) -> Rendition:
    """Return the bytes, content type and ``ETag`` of one variant of a picture, or of its ``original``.

    Raises ``NotFound`` if there is no such picture, the actor may not see it, its purpose does not have this variant,
    or its file is lost, and ``Unavailable`` if the disk cannot be read.
    """
    not_found = NotFound("no_such_picture", _("There is no such picture."))
    picture = db.session.get(Picture, picture_id)
    if picture is None or not may_see(actor, picture):
        raise not_found
    if variant != ORIGINAL and variant not in VARIANTS[Purpose(picture.purpose)]:
        raise not_found
    stored = StoredPicture(picture.id, picture.digest, picture.content_type, picture.size)
    try:
        if variant == ORIGINAL:
            return Rendition(queries.read(stored), picture.content_type, picture.digest)
        return Rendition(read_variant(stored, variant), VARIANT_TYPE, f"{picture.digest}-{variant}")
    except FileNotFoundError:
        raise not_found from None
    except OSError as error:
        raise Unavailable("cannot_read_pictures", _("Pictures cannot be shown at the moment.")) from error


def read_variant(stored: StoredPicture, variant: str) -> bytes:
    """Return the WebP bytes of a variant, one of ``SIZES``, of the picture; make and store them if they do not exist.

    Their digest is stored too, for every picture with this content, so that an echo is recognised. Raises
    ``FileNotFoundError`` if the file of the picture is lost.
    """
    path = storage.variant_path(stored.digest, variant)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = images.resize(queries.read(stored), SIZES[variant])
    # The file serves every picture of the same content, so each of them has emitted it.
    emitted_for = select(Picture.id, literal(storage.digest_of(data))).where(Picture.digest == stored.digest)
    digests = insert(PictureDigest).from_select(["picture_id", "digest"], emitted_for)
    db.session.execute(digests.on_conflict_do_nothing())
    with suppress(OSError):  # a full disk: the variant is made again the next time
        storage.write(path, data)
    return data


def to_base64(stored: StoredPicture, variant: str | None = None) -> str:
    """Return the bytes of the picture, or of one variant of it, in base64; the placeholder if its file is lost.

    A client that sends the placeholder back changes nothing, while the null that it stands for would remove the
    picture. Variants and small pictures are cached in the process.
    """
    is_small = variant is not None or stored.size <= SMALL_BYTES
    try:
        return _remembered_base64(stored, variant) if is_small else _base64(stored, variant)
    except OSError:
        return PLACEHOLDER_BASE64


def _base64(stored: StoredPicture, variant: str | None) -> str:
    return base64.b64encode(read_variant(stored, variant) if variant else queries.read(stored)).decode()


# Never stale: a picture's content does not change.
_remembered_base64 = lru_cache(maxsize=REMEMBERED)(_base64)


def _normalise(data: bytes, field: str, area: CropArea | None = None) -> NormalisedImage:
    cap = settings().max_upload_bytes
    if len(data) > cap:
        raise _too_large(field, MAX_PIXELS)
    try:
        return images.normalise(data, area)
    except TooManyPixels as error:
        raise _too_large(field, error.most) from None
    except NotAnImage:
        raise Invalid(
            "not_an_image", _("We cannot read this picture. Choose a JPEG, PNG or WebP file."), field=field
        ) from None


def _too_large(field: str, most_pixels: int) -> Invalid:
    return Invalid(
        "image_too_large",
        _(
            "This picture is too large. Choose one of at most %(megabytes)s MB and %(megapixels)s megapixels.",
            megabytes=settings().max_upload_bytes // MEGABYTE,
            megapixels=most_pixels // MILLION,
        ),
        field=field,
    )
