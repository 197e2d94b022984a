"""Pictures of the demo: a pool of drawn files, each shared by many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.demo.copying import copy_rows
from portal.demo.ids import demo_id
from portal.demo.people import Person
from portal.files import images, storage
from portal.files.models import Picture, PictureDigest, Purpose

Wanted = tuple[int, Person, int | None]
"""The number of the person or event, whose picture it is, and which of the pool (if any)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file of the pool, stored."""

    digest: str
    prepared: images.PreparedImage


def add(purpose: Purpose, draw: Callable[[int], bytes], wanted: Iterable[Wanted], kind: str) -> None:
    """Store what ``draw`` draws and add a row for everybody who wants one of it."""
    chosen = [(number, owner, choice) for number, owner, choice in wanted if choice is not None]
    pool = {choice: _store(draw(choice)) for choice in sorted({choice for _number, _owner, choice in chosen})}
    rows = [_row(purpose, kind, number, owner, pool[choice]) for number, owner, choice in chosen]
    copy_rows(Picture, rows)
    copy_rows(PictureDigest, ({"picture_id": row["id"], "digest": row["digest"]} for row in rows))


def _store(data: bytes) -> Drawn:
    prepared = images.prepare(data)
    digest = storage.digest_of(prepared.data)
    storage.write(storage.original_path(digest), prepared.data)
    return Drawn(digest, prepared)


def _row(purpose: Purpose, kind: str, number: int, owner: Person, drawn: Drawn) -> dict[str, Any]:
    return {
        "id": demo_id(kind, number),
        "owner_id": owner.id,
        "purpose": purpose.value,
        "digest": drawn.digest,
        "content_type": drawn.prepared.content_type,
        "size": len(drawn.prepared.data),
        "width": drawn.prepared.width,
        "height": drawn.prepared.height,
        "created_at": owner.joined_at,
    }
