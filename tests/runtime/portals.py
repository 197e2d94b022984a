"""Portals as their users start them: ``flask up`` in a process of its own, on an instance folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config import ROOT
from portal.runtime import cluster_paths
from tests.support.server import free_port

PATIENCE = 60


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """Return the processes whose parent is ``pid``, oldest first."""
    return sorted(int(entry.name) for entry in Path("/proc").glob("[0-9]*") if parent(int(entry.name)) == pid)


def parent(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def lives(pid: int) -> bool:
    """Return whether a process runs; a zombie, which has no command line, does not."""
    with contextlib.suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


class Portal:
    """A portal in its own processes; the keyword arguments are environment variables."""

    def __init__(self, instance: Path, **variables: str) -> None:
        self.instance = instance
        self.port = free_port()
        self.variables = variables
        self.gunicorn_options: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()
        self.output = instance.with_name(f"{instance.name[:60]}.{self.port}.log")

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {"INSTANCE_DIR": str(self.instance), "PORT": str(self.port), "SEED_DEMO": "off", "WEB_CONCURRENCY": "2"}
        return {**kept, **own, **self.variables}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.output.read_text(errors="replace")

    def launch(self) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.runtime.supervisor", *self.gunicorn_options],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.process

    def wait(self) -> None:
        assert self.process is not None
        self.process.wait()

    def start(self) -> Portal:
        process = self.launch()
        until(lambda: self.is_ready() or process.poll() is not None, "the portal is ready")
        assert process.poll() is None, self.log
        self.remember_processes()
        return self

    def is_ready(self) -> bool:
        return self.status("/health/ready") == 200

    def status(self, path: str) -> int | None:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def postgres(self) -> int:
        return self._child("/bin/postgres")

    @property
    def gunicorn(self) -> int:
        return self._child("gunicorn")

    @property
    def workers(self) -> list[int]:
        return children(self.gunicorn)

    def _child(self, word: str) -> int:
        return next(pid for pid in children(self.pid) if word in Path(f"/proc/{pid}/cmdline").read_text())

    def remember_processes(self) -> None:
        """Remember the processes that must have ended once the portal has."""
        self.seen |= {self.pid, self.postgres, self.gunicorn, *self.workers, *children(self.postgres)}

    def signal(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def left_running(self) -> list[int]:
        return [pid for pid in self.seen if lives(pid)]

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.remember_processes()
            self.signal(signal.SIGTERM)
        shutil.rmtree(cluster_paths.socket_dir(self.instance / "postgres"), ignore_errors=True)


def refused(instance: Path, **variables: str) -> tuple[int, str]:
    """Return the exit status and the output of a portal that cannot start."""
    portal = Portal(instance, **variables)
    try:
        return portal.launch().wait(PATIENCE), portal.log
    except subprocess.TimeoutExpired:
        portal.signal(signal.SIGTERM)
        raise


def is_one_sentence(text: str) -> bool:
    return re.fullmatch(r"[^\n]+\.\n", text) is not None
