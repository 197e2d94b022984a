"""Folders that only the portal's own user may enter, on the disk or in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, never a file
MEMORY_BYTES = 32 * 1024 * 1024
"""Least free memory for the metrics: a worker's take 4 MB."""


def make_private(folder: Path) -> Path:
    """Make the folder, with its parents, if it is missing, so that only this user may enter it; return it.

    The mode of a folder that exists is not changed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def metrics_folder(instance_dir: Path) -> Path:
    """Make and return the folder of the metrics of one portal: in memory, or else in its instance folder.

    The files are mapped into memory, and a process that writes to such a file on a full disk is killed.
    """
    name = hashlib.sha256(str(instance_dir.absolute()).encode()).hexdigest()[:16]
    in_memory = MEMORY / f"alumni-portal-{os.geteuid()}-{name}"
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES:
        make_private(in_memory)
        if in_memory.stat().st_uid == os.geteuid() and not in_memory.is_symlink():
            return in_memory
    return make_private(instance_dir / "metrics")
