"""The tables that describe stored pictures; files named by the digest of their content hold the bytes."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class Purpose(StrEnum):
    """The uses of a picture; the use decides which variants the picture has and who may see it."""

    AVATAR = "avatar"
    COVER = "cover"


ORIGINAL = "original"
VARIANT_TYPE = "image/webp"
SIZES = {"64": (64, 64), "160": (160, 160), "320": (320, 320), "640": (640, 360), "1280": (1280, 720)}
VARIANTS = {Purpose.AVATAR: frozenset({"64", "160", "320"}), Purpose.COVER: frozenset({"640", "1280"})}


class Picture(Base):
    """A stored picture of one owner.

    ``digest`` is the SHA-256 (hex) of the stored bytes and the name of their file, ``size`` their number; ``width`` and
    ``height`` are in pixels.
    """

    __tablename__ = "pictures"
    __table_args__ = (CheckConstraint("purpose IN ('avatar', 'cover')", name="purpose"),)

    id: Mapped[Id]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    content_type: Mapped[str] = mapped_column(String(30))
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PictureDigest(Base):
    """A SHA-256 digest (hex) of bytes that were uploaded or emitted for a picture.

    By these digests an echo, the picture sent back by a client, is recognised as no change.
    """

    __tablename__ = "picture_digests"

    picture_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
