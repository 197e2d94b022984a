"""The limits of a worker, without a server: what it does with connections when their time or its space is over."""

from __future__ import annotations

import contextlib
import selectors
import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from portal.runtime.http_server import web_worker
from portal.runtime.http_server.connections import Connection
from portal.runtime.http_server.web_worker import TIMED_OUT, WebWorker
from tests.runtime.slow_clients import LINE, POST

BODY = POST + b"Content-Length: 900000\r\n\r\n" + b"a" * 100_000


@pytest.fixture
def worker() -> Iterator[WebWorker]:
    """Return a worker without threads: what it would let a thread answer is collected in ``answered``."""
    made = WebWorker(0, 0, [], None, 30, Config(), None)  # type: ignore[no-untyped-call]  # it has no types
    made.poller = selectors.DefaultSelector()
    made.answered = []  # type: ignore[attr-defined]  # see above
    made.enqueue_req = made.answered.append  # type: ignore[method-assign, attr-defined]  # see above
    with made.poller, contextlib.closing(made.tmp):
        yield made


@pytest.fixture
def clients() -> Iterator[contextlib.ExitStack]:
    """Close both ends of all connections after a test."""
    with contextlib.ExitStack() as ends:
        yield ends


def connected(worker: WebWorker, ends: contextlib.ExitStack, sent: bytes) -> Connection:
    """Return a connection of a new client, of whose request the worker has received ``sent``."""
    ours, theirs = socket.socketpair()
    ends.enter_context(theirs)
    connection = Connection(worker.cfg, ours, ("192.0.2.1", 4711), None, worker.deadlines)
    ends.callback(connection.close)
    worker.nr_conns += 1
    worker.attempt(lambda each: worker.feed(each, sent), connection)
    return connection


def check(worker: WebWorker) -> None:
    worker.next_check = 0
    worker.murder_keepalived()


def fill(connection: Connection) -> None:
    """Send so much that the client's end takes no byte more."""
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.socket.send(b"a" * 65536)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.socket.send(b"a")


def test_who_does_not_even_take_the_time_out_is_forgotten(worker: WebWorker, clients: contextlib.ExitStack) -> None:
    connection = connected(worker, clients, LINE)
    fill(connection)
    connection.deadline = 0
    check(worker)
    assert (bytes(connection.sock.unsent), connection.deadline > 0, worker.nr_conns) == (TIMED_OUT, True, 1)
    connection.deadline = 0
    check(worker)
    assert (worker.nr_conns, worker.waiting) == (0, {})


def test_the_largest_bodies_that_began_first_are_refused(
    worker: WebWorker, clients: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_worker, "SPOOL_BYTES", 250_000)
    small = connected(worker, clients, POST + b"Content-Length: 900\r\n\r\na")
    first, second, third = (connected(worker, clients, BODY) for _number in range(3))
    check(worker)
    assert worker.answered == [first]  # type: ignore[attr-defined]  # see the fixture
    assert set(worker.waiting) == {small, second, third}


def test_the_client_that_has_waited_longest_makes_way(worker: WebWorker, clients: contextlib.ExitStack) -> None:
    worker.worker_connections = 3
    first, second = (connected(worker, clients, LINE) for _number in range(2))
    listener = clients.enter_context(socket.create_server(("127.0.0.1", 0)))
    clients.enter_context(socket.create_connection(listener.getsockname()))
    worker.accept(listener)
    assert worker.nr_conns == 2
    assert first not in worker.waiting
    assert second in worker.waiting
    for each in worker.waiting:
        clients.callback(each.close)
