"""Slow clients, without a proxy: nobody else notices them, and their time is limited."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.runtime import slow_clients
from tests.runtime.slow_clients import HOST, KINDS, LINE, POST, connect, received
from tests.support import databases, server
from tests.support.plain_http import PLAIN_HTTP

pytestmark = pytest.mark.process
REQUESTS = 24
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with databases.cloned("portal_slow", databases.migrated()) as name:
        yield name


@pytest.fixture(scope="module")
def url(database: str) -> Iterator[str]:
    """Yield the URL of a portal with a single worker of eight threads."""
    with server.serving(database) as served:
        yield served


@pytest.fixture(scope="module")
def hasty_url(database: str) -> Iterator[str]:
    hasty = f"--worker-class {slow_clients.HastyWorker.__module__}.{slow_clients.HastyWorker.__name__}"
    with server.serving(database, GUNICORN_CMD_ARGS=hasty) as served:
        yield served


@pytest.mark.parametrize("number", [20, 100, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_notices_slow_clients(url: str, kind: str, number: int) -> None:
    def ask(path: str) -> int:
        return httpx.get(url + path, **PLAIN_HTTP).status_code

    with slow_clients.slow_clients(url, number, kind), ThreadPoolExecutor(4) as pool:
        answers = Counter(pool.map(ask, ["/login", "/health/live", "/health/ready"] * (REQUESTS // 3)))
    assert answers == {200: REQUESTS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_time_of_a_slow_client_is_limited(hasty_url: str, kind: str) -> None:
    first, _more = KINDS[kind]
    line = slow_clients.begin(hasty_url, first)
    with line:
        answer = received(line)  # ends when the portal closes, else the test's own time-out does
    if "body" in kind or "chunk" in kind:
        assert answer.startswith(b"HTTP/1.1 408 "), answer[:200]
        assert b"Connection: close" in answer
        assert b"<h1" in answer, "a page"
    elif first and kind not in {"reads nothing", "never closes"}:
        assert answer == TIMED_OUT


def test_a_kept_connection_ends_when_its_next_request_is_too_slow(hasty_url: str) -> None:
    with connect(hasty_url) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\n%s\r\n" % HOST)
        assert received(line, lambda data: data.endswith(b"}\n")).startswith(b"HTTP/1.1 200 ")
        line.sendall(LINE)
        assert received(line, lambda data: data.endswith(b"\r\n\r\n")) == TIMED_OUT
        line.sendall(b"\r\n" + LINE + b"\r\n")  # the rest of the late request, and another one
        assert received(line) == b""


def flood(url: str, data: bytes) -> None:
    """Send ``data`` again and again, and read nothing, until the portal ends the connection."""
    with connect(url) as line:
        while True:
            line.sendall(data)


def test_a_client_that_reads_nothing_is_dropped(hasty_url: str) -> None:
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        flood(hasty_url, KINDS["reads nothing"][0] * 400)


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "This took too long to arrive."), ("ru", "Запрос передавался слишком долго.")]
)
@pytest.mark.parametrize("path", ["/login", "/api/v1/auth/login"])
def test_who_was_too_slow_learns_it_in_their_language(hasty_url: str, path: str, language: str, sentence: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language}\r\nContent-Length: 60000\r\n"
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    with connect(hasty_url) as line:
        line.sendall(f"{head}Content-Type: {kind}\r\n\r\n".encode())
        answer = received(line).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert sentence in answer


def test_an_endless_request_line_is_cut_off(url: str) -> None:
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        flood(url, b"a" * 2**16)
    with connect(url) as line:
        line.sendall(b"GET /" + b"a" * 300_000)
        assert received(line).startswith(b"HTTP/1.1 414 ")


def test_a_connection_serves_many_requests_sent_at_once(url: str) -> None:
    with connect(url) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\n%s\r\n" % HOST * 50)
        line.shutdown(socket.SHUT_WR)
        assert received(line).count(b'{"status":"ok"}') == 50


def test_a_client_that_asks_for_permission_gets_it_once(url: str) -> None:
    asking = POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    with connect(url) as line:
        line.sendall(asking)
        assert received(line, lambda data: data.endswith(b"\r\n\r\n")) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"a=b")
        assert received(line, lambda data: b"\r\n\r\n" in data).startswith(b"HTTP/1.1 400 ")
    with connect(url) as line:
        line.sendall(asking.replace(b": 3", b": 99999999"))
        assert received(line).startswith(b"HTTP/1.1 413 ")
