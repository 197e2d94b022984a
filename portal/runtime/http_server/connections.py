"""Connections of clients: what the event loop and the thread of a request know of each."""

from __future__ import annotations

import errno
import select
import socket
import time
from dataclasses import dataclass
from typing import Any

from portal.runtime.http_server.framing import IncomingRequest

FLUSH_BYTES = 64 * 1024
"""How much of a response is collected before it is sent, so that head and body leave together."""
BACKLOG_BYTES = 4 * 1024 * 1024
"""How much of a response waits in memory for its client before the thread that makes it waits too."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a connection may take, in seconds, and its least rate in bytes per second.

    ``transfer`` is the time for a body or the rest of a response; each ``least_rate`` bytes that arrived extend it by a
    second, up to ``transfer_max``.
    """

    head: float = 15
    transfer: float = 20
    transfer_max: float = 600
    least_rate: int = 4096
    stopping: float = 2
    farewell: float = 2

    def seconds(self, transferred: int) -> float:
        """Return how long a transfer may take of which ``transferred`` bytes have arrived."""
        return min(self.transfer + transferred / self.least_rate, self.transfer_max)


class Reply:
    """The socket as gunicorn sees it in the thread of a request: writing never waits for the client.

    What the client does not take at once, the event loop sends later. Only a response of which more than
    ``BACKLOG_BYTES`` wait holds its thread. Closing is left to the event loop.
    """

    def __init__(self, client: socket.socket, deadlines: Deadlines) -> None:
        self.client, self.deadlines = client, deadlines
        self.unsent = bytearray()
        self.sent = 0

    def sendall(self, data: bytes) -> None:
        """Send ``data`` after what waits already; raise ``OSError`` if the client has gone or takes too little."""
        self.unsent += data
        if len(self.unsent) >= FLUSH_BYTES:
            self.flush()
        if len(self.unsent) > BACKLOG_BYTES:
            self._await_client()

    def flush(self) -> None:
        """Send as much as the client takes at once; raise ``OSError`` if it has gone."""
        if not self.unsent:
            return
        try:
            sent = self.client.send(self.unsent)
        except (BlockingIOError, InterruptedError):
            return
        self.sent += sent
        del self.unsent[:sent]

    def send(self, data: bytes) -> int:
        """Do nothing: gunicorn sends only "100 Continue" so, which the event loop has sent when it was due."""
        return len(data)

    def setblocking(self, flag: bool) -> None:
        """Do nothing: the socket never blocks."""

    def gettimeout(self) -> float:
        """Return 0: the socket never blocks."""
        return 0.0

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the socket never blocks."""

    def recv(self, size: int) -> bytes:
        """Return the end of the stream: the request has been read."""
        return b""

    def shutdown(self, how: int) -> None:
        """Do nothing: the event loop closes the connection once everything is sent."""

    def close(self) -> None:
        """Do nothing: the event loop closes the connection once everything is sent."""

    def _await_client(self) -> None:
        started, sent_before = time.monotonic(), self.sent
        poll = select.poll()
        poll.register(self.client, select.POLLOUT)
        while len(self.unsent) > BACKLOG_BYTES:
            deadline = started + self.deadlines.seconds(self.sent - sent_before)
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                raise ConnectionResetError(errno.ECONNRESET, "the client takes too little")
            self.flush()


class Connection:
    """One connection of a client. gunicorn reads the attributes that its own class has, too.

    ``deadline`` is when its present stage must be over, on the monotonic clock, and ``started`` when the transfer of
    the present body or response began. ``keep`` says whether it is kept after the present response.
    """

    initialized = True
    data_ready = True
    is_http2 = False

    def __init__(self, cfg: Any, client: socket.socket, peer: Any, server: Any, deadlines: Deadlines) -> None:
        client.setblocking(False)
        self.cfg, self.client, self.server = cfg, peer, server
        self.socket, self.deadlines = client, deadlines
        self.sock = Reply(client, deadlines)
        self.requests = 0
        self.deadline = self.started = 0.0
        self.discarded = 0
        self.parser = self.expect_request()

    def init(self) -> None:
        """Do nothing: gunicorn would prepare reading from the socket here."""

    def expect_request(self) -> IncomingRequest:
        """Return the next request of the connection, of which nothing has arrived, and keep it as ``parser``."""
        self.requests += 1
        self.keep = False
        self.parser = IncomingRequest(self.cfg, self.client, self.requests)
        return self.parser

    def extend(self, transferred: int) -> None:
        """Set the deadline of a transfer that has moved ``transferred`` bytes since ``started``."""
        self.deadline = self.started + self.deadlines.seconds(transferred)

    def close(self) -> None:
        """Close the socket and delete what was received."""
        self.parser.close()
        self.socket.close()
