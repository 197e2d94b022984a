"""Storage of files whose name is the digest of the picture in them, so that they are written once, never changed."""

from __future__ import annotations

import hashlib
import os
import stat
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
ASIDE = ".unused-"
"""What the name of a file begins with that is being deleted."""


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
        with suppress(FileNotFoundError):  # another clean-up has deleted it
            status = path.stat()
            if stat.S_ISREG(status.st_mode) and status.st_mtime < limit.timestamp():
                yield path


def digest_in(path: Path) -> str:
    """Return the digest of the picture to which a file belongs, an original, a variant or one that is set aside.

    For a temporary file it is a text that is no digest.
    """
    return path.name.removeprefix(ASIDE).partition("-")[0]


def set_aside(path: Path) -> Path | None:
    """Rename a file so that no picture has it, and return its new path, or ``None`` if there is no such file."""
    aside = path.with_name(ASIDE + path.name.removeprefix(ASIDE))
    with suppress(FileNotFoundError):
        return path.rename(aside)
    return None


def put_back(path: Path) -> None:
    """Give a file that was set aside its former name; any other is left alone.

    If it has been written anew, which can only be with the same content, it is deleted instead.
    """
    original = path.with_name(path.name.removeprefix(ASIDE))
    if original != path:
        with suppress(FileNotFoundError):  # another clean-up has done it
            path.unlink() if original.exists() else path.rename(original)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
