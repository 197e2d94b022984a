"""A real gunicorn on a database of its own, with cities and a small demo."""

from __future__ import annotations

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

from config import ROOT
from tests.support import databases

START_SECONDS = 60
DEMO = ("portal/demo/*.py", "portal/cities/*.py", "portal/*/models.py")


def demo_template(people: int, events: int) -> str:
    """Return a template database with cities and demo people, made once for each state of the code that fills it."""
    template = databases.with_cities()
    size = ["--people", str(people), "--events", str(events)]
    name = f"{template}_{databases.digest(DEMO, more=' '.join(size))}"
    return databases.make_once(name, template, lambda unfinished: seed(unfinished, size))


def demo_instance() -> Path:
    """Return the folder of the demo's pictures, which all clones of the template share."""
    return Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}" / "media"


def seed(database: str, size: list[str]) -> None:
    environment = {**base_environment(database, demo_instance().parent), "ENVIRONMENT": "DEV"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed-demo", *size]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)


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
    """Run gunicorn on ``database`` and yield its URL; mails are stored in an instance folder of its own."""
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
            wait_until_ready(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)
        assert "Fatal Python error" not in log.read_text(), log.read_text()


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}:\n{log.read_text()}")
