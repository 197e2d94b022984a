"""Portals of a given number of people, which are created once and kept in ``instance/`` between runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import INSTANCE, ROOT, Server, serving

EVENTS = 3_000
"""With this many events there are 48,000 participations, whatever the number of people."""


@contextmanager
def portal_of(people: int, *, events: int = EVENTS, variables: dict[str, str] | None = None) -> Iterator[Server]:
    """Start the portal of this many people, creating them if no earlier run has, and end it afterwards.

    ``variables`` are added to its environment.
    """
    with serving(instance_of(people), SEED_DEMO="0", **variables or {}) as server:
        seed(server, people, events)
        yield server


def instance_of(people: int) -> Path:
    """Return the instance folder of the portal of this many people."""
    return INSTANCE.with_name(f"bench-{people}")


def media_of(people: int) -> Path:
    """Return the folder of the pictures of the portal of this many people."""
    return instance_of(people) / "media"


def seed(server: Server, people: int, events: int) -> float:
    """Create people and events unless an earlier run has, and return the seconds that it took."""
    started = time.monotonic()
    own = {"DATABASE_URL": server.database_url, "INSTANCE_DIR": str(instance_of(people)), "SCHEDULER": "off"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed-demo", f"--people={people}", f"--events={events}"]
    subprocess.run(command, env=own, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    spent = time.monotonic() - started
    with server.database() as connection:
        connection.execute("VACUUM ANALYZE")
    return spent
