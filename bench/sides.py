"""The servers that are compared: the floors, and the portal with and without remembered answers, on one database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from bench.load import CONNECTIONS, Measured, Target, load
from bench.portals import instance_of, media_of, portal_of
from bench.server import INSTANCE, Server, running, serving
from bench.usage import Meter, Spent
from bench.writes import Writer
from config import DEVELOPMENT_SECRET

FLOORS, FORGETFUL, USUAL = "floors", "forgetful", "usual"
NOTHING_REMEMBERED = {"ANSWER_CACHE_BYTES": "0"}
WARM_UP_SECONDS, SECONDS = 0.3, 1.0
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "bench/floor_server.py", "bench.floors:app"]


@dataclass(frozen=True)
class Side:
    """One of the compared servers, the meter of what it spends, and who, if anybody, writes to it meanwhile."""

    server: Server
    meter: Meter
    writer: Writer | None = None


@dataclass(frozen=True)
class Sample:
    """One measurement of one request on one side."""

    measured: Measured
    spent: Spent

    @property
    def web(self) -> float:
        """Milliseconds of CPU of the web processes per request."""
        return 1000 * self.spent.web / len(self.measured.spent)

    @property
    def database(self) -> float:
        """Milliseconds of CPU of PostgreSQL per request."""
        return 1000 * self.spent.database / len(self.measured.spent)

    @property
    def cpu(self) -> float:
        return self.web + self.database


@contextmanager
def sides_of(people: int) -> Iterator[dict[str, Side]]:
    """Start the floors and both portals on the database of a portal of this many people, and end them afterwards.

    Nothing is remembered by ``FORGETFUL``; somebody writes to ``USUAL`` while it is measured. Periodic jobs are off on
    all sides, because they run whether or not somebody requests anything.
    """
    common = {"SCHEDULER": "off", "SECRET_KEY": DEVELOPMENT_SECRET, "MEDIA_URL": str(media_of(people))}
    with ExitStack() as stack:
        first = stack.enter_context(portal_of(people, variables={"PGAPPNAME": USUAL, **common}))
        common |= {"DATABASE_URL": first.database_url.replace("+psycopg", ""), "SEED_DEMO": "0"}
        other = instance_of(people).with_name("bench-forgetful")
        second = stack.enter_context(serving(other, PGAPPNAME=FORGETFUL, **common, **NOTHING_REMEMBERED))
        own = {"PGAPPNAME": FLOORS, "INSTANCE_DIR": str(INSTANCE.with_name("bench-floors"))}
        floors = stack.enter_context(running(GUNICORN, "/hello", {**common, **own}))
        connection = stack.enter_context(first.database())
        meter, writer = Meter(first, first, USUAL, connection), Writer(first)
        writer.measure(meter)
        yield {
            FLOORS: Side(floors, Meter(floors, first, FLOORS, connection)),
            FORGETFUL: Side(second, Meter(second, first, FORGETFUL, connection)),
            USUAL: Side(first, meter, writer),
        }


def sample(side: Side, paths: Sequence[str], headers: dict[str, str], connections: int = CONNECTIONS) -> Sample:
    """Measure requests on one side under load, after a moment in which its processes and connections warm up.

    What the writes of others cost by themselves is left out.
    """
    target = Target(side.server.url, tuple(paths), headers)
    with side.writer or nullcontext():
        load(target, seconds=WARM_UP_SECONDS, connections=connections)
        before, written = side.meter.read(), side.writer.done if side.writer else 0
        measured = load(target, seconds=SECONDS, connections=connections)
        spent = side.meter.read() - before
        if side.writer:
            spent -= side.writer.cost * (side.writer.done - written)
        return Sample(measured, spent)
