"""A running portal to measure: started as ``make run`` does, with its own instance folder, port and demo data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance" / "bench"
PASSWORD = "welcome-to-demo"
START_SECONDS = 180
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Server:
    """The URL of a running portal, and the process that started all its processes."""

    url: str
    supervisor: int

    def processes(self) -> list[int]:
        """Return the process ids of the supervisor and of all its descendants."""
        return with_descendants(self.supervisor)

    def web_processes(self) -> list[int]:
        """Return the process ids of everything but the database."""
        return sorted(set(self.processes()) - set(self.database_processes()))

    def database_processes(self) -> list[int]:
        """Return the process ids of the embedded database, its main process first; none for one of another portal."""
        [*main] = [pid for pid in children_of(self.supervisor) if name_of(pid) == "postgres"]
        return with_descendants(main[0]) if main else []

    @property
    def database_url(self) -> str:
        """The database URL that the supervisor has given to its processes."""
        for pid in self.processes():
            for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                if entry.startswith(b"DATABASE_URL="):
                    return entry.partition(b"=")[2].decode()
        raise AssertionError("no process of the portal has a DATABASE_URL")

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """Open a connection of our own to the portal's database, in autocommit."""
        with psycopg.connect(self.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            yield connection

    def client_in_network(self, number: int) -> httpx.Client:
        """Return a client in the ``number``th network: limits are counted by network."""
        transport = httpx.HTTPTransport(local_address=f"127.9.{number}.1")
        return httpx.Client(base_url=self.url, transport=transport, timeout=30)

    def browser(self, email: str, network: int = 0) -> httpx.Client:
        """Return a client in the ``network``th network that has signed in on the pages, without JavaScript."""
        client = self.client_in_network(network)
        client.follow_redirects = True
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
        assert token, "no sign-in form"
        answer = client.post("/login", data={"csrf_token": token[1], "email": email, "password": PASSWORD})
        assert answer.is_success, answer.status_code
        assert "/login" not in str(answer.url), f"{email} was not signed in"
        return client

    def access_token(self, email: str) -> str:
        """Sign in by JSON and return the access token."""
        answer = httpx.post(f"{self.url}/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        token: str = answer.json()["access_token"]
        return token


def clean_environment() -> None:
    """Delete every variable that could change what is measured from the environment of this process."""
    for name in set(os.environ).difference(KEPT_VARIABLES):
        del os.environ[name]


def with_descendants(pid: int) -> list[int]:
    """Return the id of a process, followed by those of its descendants, parents before children."""
    pids = [pid]
    for one in pids:
        pids += children_of(one)
    return pids


def children_of(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in lists for child in text_of(children).split()]


def name_of(pid: int) -> str:
    return text_of(Path(f"/proc/{pid}/comm")).strip()


def text_of(path: Path) -> str:
    """Return the text of a file about a process, empty if the process has ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(instance: Path = INSTANCE, **variables: str) -> Iterator[Server]:
    """Start the portal, wait for its first page, and end it afterwards.

    ``variables`` are added to its environment.
    """
    own = {"INSTANCE_DIR": str(instance), "LOG_LEVEL": "WARNING"}
    with running([sys.executable, "-m", "portal.runtime.supervisor"], "/", {**own, **variables}) as server:
        yield server


@contextmanager
def running(command: list[str], first_page: str, variables: dict[str, str]) -> Iterator[Server]:
    """Run a server that listens on the variable ``PORT``, wait until it answers ``first_page``, and end it afterwards.

    Its environment is ``variables`` and what ``clean_environment`` keeps.
    """
    port = free_port()
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**kept, **variables, "PORT": str(port)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        while not is_ready(server.url + first_page):
            assert process.poll() is None, "the portal did not start"
            assert time.monotonic() - started < START_SECONDS, "the portal did not answer"
            time.sleep(0.1)
        print(f"        first answer after {time.monotonic() - started:.1f} s", flush=True)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30).is_success
    except httpx.HTTPError:
        return False
