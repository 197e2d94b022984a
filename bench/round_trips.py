"""A database that is further away: what two milliseconds more for each round trip cost each endpoint."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg.conninfo

from bench.load import Target, load
from bench.pages import percentile
from bench.portals import instance_of, media_of, portal_of
from bench.reads import ENDPOINTS, PEOPLE, READER
from bench.report import Bar, Section
from bench.server import serving
from bench.sides import NOTHING_REMEMBERED

DELAY_SECONDS = 0.002
MORE_MS = 8
ROUNDS, REQUESTS, WARM_UP = 5, 100, 10
CHUNK = 65_536


class Proxy:
    """A proxy on a TCP port before the Unix socket of a database; ``delay`` is what each request to it waits."""

    def __init__(self, database: str) -> None:
        self.database, self.delay = database, 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return  # the listener was closed
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            database = socket.socket(socket.AF_UNIX)
            database.connect(self.database)
            for source, target, waits in ((client, database, True), (database, client, False)):
                threading.Thread(target=self.forward, args=(source, target, waits), daemon=True).start()

    def forward(self, source: socket.socket, target: socket.socket, waits: bool) -> None:
        """Forward what comes from one side to the other until either has closed."""
        try:
            while chunk := source.recv(CHUNK):
                if waits and self.delay:
                    time.sleep(self.delay)
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()


@contextmanager
def proxy_before(database_url: str) -> Iterator[tuple[Proxy, str]]:
    """Yield a proxy before the database of this URL, and the URL that leads through it."""
    parts = psycopg.conninfo.conninfo_to_dict(database_url)
    proxy = Proxy(f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}")
    try:
        yield proxy, f"postgresql://{parts['user']}@127.0.0.1:{proxy.port}/{parts['dbname']}"
    finally:
        proxy.listener.close()


def measure(section: Section) -> None:
    """Measure every endpoint with nothing remembered, with and without the delay in turns, from one connection."""
    with portal_of(PEOPLE, variables={"SCHEDULER": "off"}) as near, proxy_before(near.database_url) as (proxy, url):
        own = {"DATABASE_URL": url, "MEDIA_URL": str(media_of(PEOPLE)), "SCHEDULER": "off", "SEED_DEMO": "0"}
        with serving(instance_of(PEOPLE).with_name("bench-far"), **own, **NOTHING_REMEMBERED) as far:
            headers = {"Authorization": f"Bearer {near.access_token(READER)}"}
            rows = []
            for endpoint in ENDPOINTS:
                target = Target(far.url, (endpoint.path,), headers)
                spent: dict[float, list[float]] = {0: [], DELAY_SECONDS: []}
                for _round in range(ROUNDS):
                    for proxy.delay, times in spent.items():
                        load(target, requests=WARM_UP, connections=1)
                        times += load(target, requests=REQUESTS, connections=1).spent
                rows.append([endpoint.name, *add_bar(section, endpoint.name, spent[0], spent[DELAY_SECONDS])])
            head = ("endpoint", "p95 ms", "with delay", "more", "more at the median", "round trips")
            section.add_table(head, rows)


def add_bar(section: Section, name: str, near: list[float], far: list[float]) -> Iterator[str]:
    """Add the bar of one endpoint to the section, and yield the cells of its row."""
    p95, with_delay = (1000 * percentile(times, 95) for times in (near, far))
    median = 1000 * (statistics.median(far) - statistics.median(near))
    section.add(Bar(f"{name}, p95 with 2 ms more to the database", with_delay - p95, MORE_MS, "ms more"))
    yield from (f"{p95:.1f}", f"{with_delay:.1f}", f"{with_delay - p95:.1f}", f"{median:.1f}")
    yield f"{median / 1000 / DELAY_SECONDS:.0f}"
