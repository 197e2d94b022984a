"""Content-addressed storage: the name of a file is the digest of its content, so it is written once, never changed."""

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
    """The columns of a picture that are needed to emit it without another query."""

    id: uuid.UUID
    digest: str
    content_type: str
    size: int


def digest_of(data: bytes) -> str:
    """Return the SHA-256 (FIPS 180-4) in hexadecimal, which is the name of a file."""
    return hashlib.sha256(data).hexdigest()


def original_path(digest: str) -> Path:
    """Return the path of a picture; two levels of folders keep each folder small."""
    return settings().media_dir / digest[:2] / digest[2:4] / digest


def variant_path(digest: str, variant: str) -> Path:
    """Return the path of a variant of the picture with this digest."""
    return settings().media_dir / VARIANTS / digest[:2] / digest[2:4] / f"{digest}-{variant}.webp"


def digests_of_variants(digest: str) -> Iterator[str]:
    """Yield the digests of the variants that exist, because an earlier picture had the same content."""
    pattern = variant_path(digest, "*")
    for path in pattern.parent.glob(pattern.name):
        yield digest_of(path.read_bytes())


def write(path: Path, data: bytes) -> None:
    """Write a file completely or not at all, even if the power fails; an existing one only gets a new mtime."""
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
    """Yield every file last written before ``limit``, including variants and temporary files left by a crash."""
    for path in settings().media_dir.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit.timestamp():
            yield path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
