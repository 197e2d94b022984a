"""Pictures of the demo data: a pool of drawn files, each shared by many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.demo.copying import copy_rows
from portal.demo.ids import demo_id
from portal.demo.people import DemoPerson
from portal.files import images, storage
from portal.files.models import Picture, PictureDigest, Purpose

PictureChoice = tuple[int, DemoPerson, int | None]
"""The number of a person or event, the owner of its picture, and the number of the picture in the pool, if any."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A picture of the pool in the file storage: the digest that names the file, and its image."""

    digest: str
    normalised: images.NormalisedImage


def add_pictures(purpose: Purpose, draw: Callable[[int], bytes], choices: Iterable[PictureChoice], kind: str) -> None:
    """Store the chosen pictures as files, and add a ``Picture`` and a ``PictureDigest`` row for each choice.

    ``draw`` returns the bytes of a picture by its number in the pool. Choices without a picture are skipped. The id of
    a row is ``demo_id(kind, number)`` with the number of the person or event.
    """
    chosen = [(number, owner, choice) for number, owner, choice in choices if choice is not None]
    pool = {choice: _store(draw(choice)) for choice in sorted({choice for _number, _owner, choice in chosen})}
    rows = [_row(purpose, kind, number, owner, pool[choice]) for number, owner, choice in chosen]
    copy_rows(Picture, rows)
    copy_rows(PictureDigest, ({"picture_id": row["id"], "digest": row["digest"]} for row in rows))


def _store(data: bytes) -> StoredFile:
    normalised = images.normalise(data)
    digest = storage.digest_of(normalised.data)
    storage.write(storage.original_path(digest), normalised.data)
    return StoredFile(digest, normalised)


def _row(purpose: Purpose, kind: str, number: int, owner: DemoPerson, stored: StoredFile) -> dict[str, Any]:
    return {
        "id": demo_id(kind, number),
        "owner_id": owner.id,
        "purpose": purpose.value,
        "digest": stored.digest,
        "content_type": stored.normalised.content_type,
        "size": len(stored.normalised.data),
        "width": stored.normalised.width,
        "height": stored.normalised.height,
        "created_at": owner.joined_at,
    }
