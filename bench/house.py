"""A whole portal for measuring: its own instance folder and port, the demo data, as ``make run`` starts it."""

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


@dataclass(frozen=True)
class House:
    """Where it answers, and the process that started everything."""

    address: str
    supervisor: int

    def processes(self) -> list[int]:
        """The supervisor and all its descendants."""
        found = [self.supervisor]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found

    @property
    def database_url(self) -> str:
        """What the portal's processes were given by their supervisor."""
        for pid in self.processes():
            for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                if entry.startswith(b"DATABASE_URL="):
                    return entry.partition(b"=")[2].decode()
        raise AssertionError("no process of the portal has a DATABASE_URL")

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """A connection beside the portal's own, in autocommit."""
        with psycopg.connect(self.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            yield connection

    def caller(self, number: int) -> httpx.Client:
        """A client in the ``number``th network, so that limits of one network do not count for another."""
        transport = httpx.HTTPTransport(local_address=f"127.9.{number}.1")
        return httpx.Client(base_url=self.address, transport=transport, timeout=30)

    def browser(self, email: str) -> httpx.Client:
        """A signed-in browser without JavaScript."""
        client = httpx.Client(base_url=self.address, follow_redirects=True, timeout=30)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
        assert token, "no sign-in form"
        answer = client.post("/login", data={"csrf_token": token[1], "email": email, "password": PASSWORD})
        assert answer.is_success, answer.status_code
        assert "/login" not in str(answer.url), f"{email} was not let in"
        return client

    def bearer(self, email: str) -> str:
        """An access token of the JSON API."""
        answer = httpx.post(f"{self.address}/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        token: str = answer.json()["access_token"]
        return token


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def standing(instance: Path = INSTANCE, **variables: str) -> Iterator[House]:
    """Start the portal, wait for its first page, and end it afterwards; ``variables`` are those of its environment."""
    port = free_port()
    own = {"PORT": str(port), "INSTANCE_DIR": str(instance), "LOG_LEVEL": "WARNING"}
    environment = {**os.environ, **own, **variables}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.runtime.supervisor"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        house = House(f"http://127.0.0.1:{port}", process.pid)
        while not answers(house):
            assert process.poll() is None, "the portal did not start"
            assert time.monotonic() - began < START_SECONDS, "the portal did not answer"
            time.sleep(0.1)
        print(f"        first page after {time.monotonic() - began:.1f} s", flush=True)
        yield house
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def answers(house: House) -> bool:
    try:
        return httpx.get(house.address, timeout=30).is_success
    except httpx.HTTPError:
        return False
