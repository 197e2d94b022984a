"""A load of many connections from one thread, by a client that does no more than HTTP needs.

On a machine of two cores a usual client would take the time that it measures.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from urllib.parse import urlsplit

CONNECTIONS = 16
NETWORKS = itertools.cycle(range(1, 250))
"""Each connection comes from another network, because requests without a bearer are limited by network."""
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """Requests to repeat in turns: the URL of a server, paths, and headers by name."""

    url: str
    paths: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def host_and_port(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    def requests(self) -> list[bytes]:
        lines = [f"Host: {urlsplit(self.url).netloc}", *(f"{name}: {value}" for name, value in self.headers.items())]
        return ["\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode() for path in self.paths]


@dataclass
class Measured:
    """What a load has measured: seconds in all, and the seconds of each request in the order of their answers."""

    seconds: float = 0
    spent: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.spent) / self.seconds


class Refused(Exception):
    """A response that is no success."""


def load(
    target: Target, *, seconds: float = inf, requests: int | None = None, connections: int = CONNECTIONS
) -> Measured:
    """Repeat the requests over each connection, as fast as they are answered, and return what they took.

    It ends after ``seconds``, or after this many requests. Raise ``Refused`` for a response that is no success.
    """
    return asyncio.run(_load(target, seconds, requests, connections))


async def _load(target: Target, seconds: float, requests: int | None, connections: int) -> Measured:
    measured, started = Measured(), time.perf_counter()
    turns = itertools.islice(itertools.cycle(target.requests()), requests)
    due = itertools.takewhile(lambda _request: time.perf_counter() < started + seconds, turns)
    await asyncio.gather(*(_repeat(target, due, measured) for _connection in range(connections)))
    measured.seconds = time.perf_counter() - started
    return measured


async def _repeat(target: Target, due: Iterator[bytes], measured: Measured) -> None:
    """Send the requests that are due over one connection; the others take theirs from the same iterator."""
    streams = await connect(target)
    for request in due:
        started = time.perf_counter()
        stays = await _ask(streams, request)
        measured.spent.append(time.perf_counter() - started)
        if not stays:
            streams[1].close()
            streams = await connect(target)
    streams[1].close()


async def connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(*target.host_and_port, local_addr=(f"127.9.{next(NETWORKS)}.1", 0))


async def _ask(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> bool:
    """Send the request, read its response to the end, and return whether the connection stays open."""
    reader, writer = streams
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = STATUS.match(head), LENGTH.search(head)
    if length:
        await reader.readexactly(int(length[1]))
    elif CHUNKED.search(head):
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    if status is None or status[1] != b"200":
        raise Refused(f"{request.splitlines()[0].decode()}: {head.splitlines()[0].decode(errors='replace')}")
    return not CLOSES.search(head)
