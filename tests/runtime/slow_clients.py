"""Clients that are slow on purpose, and a worker that is quick to lose patience."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from portal.runtime.http_server.connections import Deadlines
from portal.runtime.http_server.web_worker import WebWorker

LARGE = "/static/vendor/bootstrap.min.css"
HOST = b"Host: localhost\r\n"
LINE = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
KINDS: dict[str, tuple[bytes, bytes]] = {
    "says nothing": (b"", b""),
    "a byte of its URL at a time": (b"GET /", b"a"),
    "a byte of a field at a time": (LINE + b"X-Slow: ", b"a"),
    "a byte of its body at a time": (POST + b"Content-Length: 60000\r\n\r\n", b"a"),
    "no byte of its body": (POST + b"Content-Length: 60000\r\n\r\n", b""),
    "a byte of a chunk at a time": (POST + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"a"),
    "a chunk of a byte at a time": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "reads nothing": (b"GET " + LARGE.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n", b""),
    "never closes": (LINE + b"Connection: close\r\n\r\n", b""),
}
"""What each kind sends at first, and then again and again."""
PIPELINED = 20
"""How often a client that reads nothing asks, so that no buffer of the system holds all responses."""


class HastyWorker(WebWorker):
    """A worker that loses patience after a moment."""

    deadlines = Deadlines(head=0.5, transfer=0.5, transfer_max=600, least_rate=1024 * 1024, farewell=0.5)


def connect(url: str) -> socket.socket:
    """Return a connection whose receiving buffer is as small as can be."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(30)
    line.connect(("127.0.0.1", urlsplit(url).port))
    return line


@contextlib.contextmanager
def slow_clients(url: str, number: int, kind: str) -> Iterator[list[socket.socket]]:
    """Keep ``number`` slow clients of one kind busy while the block runs; who was turned away comes back."""
    first, more = KINDS[kind]
    first *= PIPELINED if kind == "reads nothing" else 1
    lines = [begin(url, first) for _number in range(number)]
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(0.1):
            for place, line in enumerate(lines):
                try:
                    line.sendall(more)
                except OSError:
                    line.close()
                    lines[place] = begin(url, first)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield lines
    finally:
        done.set()
        thread.join()
        for line in lines:
            line.close()


def begin(url: str, first: bytes) -> socket.socket:
    line = connect(url)
    with contextlib.suppress(OSError):
        line.sendall(first)
    return line


def received(line: socket.socket, until: Callable[[bytes], bool] = lambda _data: False) -> bytes:
    """Return what the portal sends until it closes, or until the condition holds."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while not until(data) and (piece := line.recv(65536)):
            data += piece
    return data
