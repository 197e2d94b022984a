"""Storage of files whose name is the digest of the picture in them, so that they are written once, never changed."""

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
from portal.core.private_folders import make_private

VARIANTS = "variants"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """The columns of a picture that suffice to emit it without another query; ``size`` is in bytes."""

    id: uuid.UUID
    digest: str
    content_type: str
    size: int


def digest_of(data: bytes) -> str:
    """Return the SHA-256 digest (FIPS 180-4) of ``data`` in hexadecimal, by which files are named."""
    return hashlib.sha256(data).hexdigest()


def original_path(digest: str) -> Path:
    """Return the path of the file that holds the picture with this digest, whether or not it exists.

    Two levels of folders keep each folder small.
    """
    return settings().media_dir / digest[:2] / digest[2:4] / digest


def variant_path(digest: str, variant: str) -> Path:
    """Return the path of the file for a variant of the picture with this digest, whether or not it exists."""
    return settings().media_dir / VARIANTS / digest[:2] / digest[2:4] / f"{digest}-{variant}.webp"


def digests_of_variants(digest: str) -> Iterator[str]:
    """Yield the digest of each stored variant of the picture with this digest.

    A picture that is new can have variants already, because an earlier one had the same content.
    """
    pattern = variant_path(digest, "*")
    for path in pattern.parent.glob(pattern.name):
        yield digest_of(path.read_bytes())


def write(path: Path, data: bytes) -> None:
    """Write ``data`` to a file, completely or not at all even if the power fails, and make its folders.

    A file that exists keeps its content and only gets a new modification time.
    """
    with suppress(FileNotFoundError):
        os.utime(path)
        return
    make_private(settings().media_dir)
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
    """Yield the path of every stored file last written before ``limit``, temporary files left by a crash included.

    Files at the top are no pictures.
    """
    for path in settings().media_dir.glob("*/**/*"):
        if path.is_file() and path.stat().st_mtime < limit.timestamp():
            yield path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
