"""Content-addressed files: the name is the digest of the content, so a file is written once and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.core.environment import settings

VARIANTS = "variants"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """What is needed to emit a picture without asking the database again."""

    id: uuid.UUID
    digest: str
    content_type: str
    size: int


def digest_of(data: bytes) -> str:
    """SHA-256 (FIPS 180-4) in hexadecimal: the name of a file."""
    return hashlib.sha256(data).hexdigest()


def original_path(digest: str) -> Path:
    """Two levels of folders keep each of them small."""
    return settings().media_dir / digest[:2] / digest[2:4] / digest


def variant_path(digest: str, variant: str) -> Path:
    return settings().media_dir / VARIANTS / digest[:2] / digest[2:4] / f"{digest}-{variant}.webp"


def digests_of_variants(digest: str) -> Iterator[str]:
    """Of those that an earlier picture of the same content has left."""
    every = variant_path(digest, "*")
    for path in every.parent.glob(every.name):
        yield digest_of(path.read_bytes())


def write(path: Path, data: bytes) -> None:
    """Put the file there whole or not at all, even if the power fails; an existing one is only made young again."""
    with suppress(FileNotFoundError):
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def older_than(limit: datetime) -> Iterator[Path]:
    """Every file, variants and abandoned temporary ones included, last written before ``limit``."""
    for path in settings().media_dir.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit.timestamp():
            yield path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
