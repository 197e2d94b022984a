"""A real gunicorn on a database of its own, with cities and a small demo."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config import ROOT
from tests.support import databases

START_SECONDS = 60
DEMO_SOURCES = ("portal/demo/*.py", "portal/profiles/cities.py", "portal/profiles/city_*", "portal/*/models.py")


def demo_template(people: int, events: int) -> str:
    """A database with cities and demo people, made once per suite for every state of the code that fills it."""
    sources = sorted(path for pattern in DEMO_SOURCES for path in ROOT.glob(pattern) if path.is_file())
    content = b"".join(path.read_bytes() for path in sources) + f"{people} {events}".encode()
    name = f"{databases.template_name()}_{hashlib.sha256(content).hexdigest()[:10]}"
    with psycopg.connect(databases.server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [databases.CLONE_LOCK + 1])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            with tempfile.TemporaryDirectory() as instance:
                databases.clone(f"{name}_new", Path(instance))
            fill(f"{name}_new", people, events)
            connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def demo_instance() -> Path:
    """Where the demo's pictures lie: beside no database, shared by every clone of the template."""
    return Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}" / "media"


def fill(database: str, people: int, events: int) -> None:
    environment = {**base_environment(database, demo_instance().parent), "ENVIRONMENT": "DEV"}
    for command in (["load-cities"], ["seed-demo", "--people", str(people), "--events", str(events)]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command], env=environment, cwd=ROOT, check=True
        )


def base_environment(database: str, instance: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **kept,
        **coverage,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": databases.url_of(database),
        "INSTANCE_DIR": str(instance),
        "MEDIA_URL": str(demo_instance()),
        "SEED_DEMO": "0",
        "LOG_LEVEL": "WARNING",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(database: str, *, workers: int = 1, **overrides: str) -> Iterator[str]:
    """The address of a gunicorn that serves ``database``; mails lie under its own instance folder."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-served-") as instance:
        environment = {
            **base_environment(database, Path(instance)),
            "ENVIRONMENT": "TEST",
            "PORT": str(port),
            "WEB_CONCURRENCY": str(workers),
            **overrides,
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        log = Path(instance) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}:\n{log.read_text()}")
