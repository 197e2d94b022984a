"""Requests that arrive in pieces: the same request whatever the pieces, and an end wherever there is one."""

from __future__ import annotations

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

from portal.runtime.http_server import framing
from portal.runtime.http_server.framing import BODY_MAX, HEAD_MAX, IN_MEMORY, IncomingRequest

GET = b"GET /events?q=1 HTTP/1.1\r\nHost: portal.example\r\n\r\n"
LONG_BODY = bytes(range(256)) * (IN_MEMORY // 128)
REQUESTS = {
    "no body": (GET, b""),
    "an empty line before it": (b"\r\n" + GET, b""),
    "a body": (b"POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\r\nc", b"ab\r\nc"),
    "an empty body": (b"POST /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b""),
    "a body of ends": (b"POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n0\r\n\r\n"),
    "chunks": (
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;n=v\r\n0\r\n\r\n45678\r\n0\r\n\r\n",
        b"abc0\r\n\r\n45678",
    ),
    "chunks and trailers": (
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nA: b\r\nC: d\r\n\r\n",
        b"z",
    ),
    "a body in a file": (b"POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(LONG_BODY) + LONG_BODY, LONG_BODY),
}


def new_request() -> IncomingRequest:
    cfg = Config()
    cfg.set("limit_request_line", 0)  # as in gunicorn.conf.py
    return IncomingRequest(cfg, ("192.0.2.1", 4711), 1)


def fed(*pieces: bytes) -> IncomingRequest:
    incoming = new_request()
    for piece in pieces:
        assert not incoming.is_ready, "fed behind the end"
        incoming.feed(piece)
    return incoming


def body_of(incoming: IncomingRequest) -> bytes:
    """Read the body as gunicorn does for the view."""
    body = next(incoming).body
    assert body is not None
    read: bytes = body.read()
    return read


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1_000_000])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_the_same_in_whatever_pieces_it_arrives(name: str, step: int) -> None:
    raw, body = REQUESTS[name]
    pieces = [raw[at : at + step] for at in range(0, len(raw), step)] if len(raw) < 1000 or step > 9 else [raw]
    incoming = fed(*pieces)
    assert incoming.is_complete
    assert body_of(incoming) == body
    assert incoming.rest == b""
    incoming.close()


@pytest.mark.parametrize("name", REQUESTS)
def test_what_follows_a_request_is_left_for_the_next(name: str) -> None:
    raw, body = REQUESTS[name]
    incoming = fed(raw + GET)
    assert (body_of(incoming), incoming.rest) == (body, GET)
    incoming.close()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_not_complete_before_its_last_byte(name: str) -> None:
    raw, _body = REQUESTS[name]
    incoming = fed(raw[:-1])
    assert not incoming.is_ready
    incoming.close()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"GET /" + b"a" * HEAD_MAX, LimitRequestLine),
        (b"a" * (HEAD_MAX + 1), LimitRequestLine),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (HEAD_MAX // 6), LimitRequestHeaders),
    ],
)
def test_an_endless_head_ends_at_the_cap(line: bytes, error: type[Exception]) -> None:
    incoming = new_request()
    for at in range(0, len(line), 1000):
        assert len(incoming.head) <= HEAD_MAX
        incoming.feed(line[at : at + 1000])
    assert incoming.is_ready
    with pytest.raises(error):
        next(incoming)


def test_the_longest_url_that_gets_a_page_is_within_the_cap() -> None:
    from portal.web.http.request_setup import URL_LENGTH_MAX

    raw = GET.replace(b"/events", b"/" + b"a" * (URL_LENGTH_MAX + 1000))
    assert next(fed(raw)).method == "GET"


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\n\n",
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_a_malformed_head_is_ready_to_be_refused(raw: bytes) -> None:
    incoming = fed(raw)
    assert incoming.is_ready
    assert not incoming.finish_body(), "where the next request begins is unknown"
    with pytest.raises(Exception, match=r"."):
        next(incoming)


@pytest.mark.parametrize("chunks", [b"x\r\n", b"-5\r\nabc", b"\r\n", b"1" * framing.CHUNK_LINE_MAX + b"1"])
def test_malformed_chunks_are_ready_to_be_refused(chunks: bytes) -> None:
    incoming = fed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert incoming.is_ready
    with pytest.raises(Exception, match=r"."):
        body_of(incoming)
    incoming.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\nabc" % (BODY_MAX + 1),
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (BODY_MAX + 9) + b"a" * (BODY_MAX + 1),
    ],
)
def test_a_body_beyond_every_cap_is_refused_before_its_end(raw: bytes) -> None:
    incoming = fed(raw)
    assert incoming.is_ready
    refused(incoming, RequestEntityTooLarge)


def refused(incoming: IncomingRequest, reason: type[HTTPException]) -> None:
    """Check that whoever reads the body learns the reason, and that the connection is not kept."""
    request = next(incoming)
    with pytest.raises(reason):
        body_of(incoming)
    assert request.should_close()
    assert not incoming.finish_body()
    incoming.close()


def test_a_refused_request_raises_the_reason_where_its_body_is_read() -> None:
    incoming = fed(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
    incoming.refuse(RequestTimeout())
    assert incoming.is_ready
    refused(incoming, RequestTimeout)


def test_a_body_that_no_disk_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda _size: full)
        incoming = fed(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
    assert incoming.is_ready
    refused(incoming, ServiceUnavailable)


def test_a_client_that_waits_for_permission_is_seen() -> None:
    expecting = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n"
    assert fed(expecting).waits_for_permission
    started = fed(expecting + b"a")
    assert not started.waits_for_permission, "it did not wait"
    started.close()
    assert not fed(expecting.replace(b"1.1", b"1.0")).waits_for_permission, "HTTP/1.0 does not know it"
    assert not fed(expecting.replace(b": 3", b": %d" % (BODY_MAX + 1))).waits_for_permission, "it is refused"
