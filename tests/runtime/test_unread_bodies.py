"""Responses to requests whose body nobody read: the connection stays usable, or the response says that it closes."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.process
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CASES: dict[str, tuple[str, str, dict[str, str], int]] = {
    "no sign-in": ("PUT", "/api/v1/profile/me", JSON, 401),
    "a rubbish token": ("PUT", "/api/v1/profile/me", {**JSON, "Authorization": "Bearer x"}, 401),
    "no such URL": ("POST", "/api/v1/nowhere", JSON, 404),
    "no such page": ("POST", "/nowhere", FORM, 404),
    "another method": ("DELETE", "/api/v1/auth/login", JSON, 405),
    "a body for a page that reads none": ("GET", "/health/live", FORM, 200),
    "a foreign host": ("POST", "/login", {**FORM, "Host": "evil.example"}, 400),
    "another method of the API": ("OPTIONS", "/api/v1/auth/login", JSON, 204),
    "a static file": ("GET", "/static/vendor/bootstrap.min.css", FORM, 200),
}


@contextmanager
def connected(url: str) -> Iterator[http.client.HTTPConnection]:
    where = urlsplit(url)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)) as line:
        yield line


def send(
    line: http.client.HTTPConnection, method: str, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]
) -> None:
    """Send a request; a body of unknown length is sent in chunks."""
    is_chunked = not isinstance(body, bytes)
    more = {"Transfer-Encoding": "chunked"} if is_chunked else {}
    line.request(method, path, body, headers | more, encode_chunked=is_chunked)


def statuses(line: http.client.HTTPConnection, case: str, body: bytes, *, chunked: bool) -> list[int]:
    """Return the statuses of the case's request and of one after it, on the same connection unless it was closed."""
    method, path, headers, _status = CASES[case]
    pieces = (body[at : at + 60_000] for at in range(0, len(body), 60_000))
    send(line, method, path, pieces if chunked else body, headers)
    answer = line.getresponse()
    answer.read()
    if answer.headers["Connection"] == "close":
        line.close()
    line.request("GET", "/health/live")
    after = line.getresponse()
    after.read()
    return [answer.status, after.status]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("size", [1, 65_000, 200_000, 9 * MEGABYTE])
@pytest.mark.parametrize("case", CASES)
def test_an_unread_body_does_not_break_the_next_request(
    demo_server: str, case: str, size: int, *, chunked: bool
) -> None:
    with connected(demo_server) as line:
        for _turn in range(3):
            assert statuses(line, case, b"a" * size, chunked=chunked) == [CASES[case][3], 200]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("path", ["/login", "/api/v1/auth/login"])
def test_a_body_beyond_the_cap_is_refused_and_the_next_request_answered(
    demo_server: str, path: str, *, chunked: bool
) -> None:
    headers = JSON if path.startswith("/api") else FORM
    for size in (65 * KILOBYTE, 200 * KILOBYTE, 2 * MEGABYTE, 14 * MEGABYTE):
        with connected(demo_server) as line:
            pieces = (b"a" * KILOBYTE for _kilobyte in range(size // KILOBYTE))
            send(line, "POST", path, pieces if chunked else b"a" * size, headers)
            answer = line.getresponse()
            assert (answer.status, size) == (413, size)
            answer.read()
            line.request("GET", "/health/live")
            assert line.getresponse().status == 200
