"""Taking pictures in."""

from __future__ import annotations

import uuid


def picture_url(picture_id: uuid.UUID, variant: str) -> str:
    """The address of one variant of a picture; a new picture has a new id, so the address never gets stale."""
    return f"/media/{picture_id}/{variant}"
