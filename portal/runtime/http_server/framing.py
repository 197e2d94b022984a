"""Requests while they arrive: the event loop feeds bytes and learns when a request is complete.

gunicorn's own parser reads the head, so that both agree where a body ends; nothing here waits for a client.
"""

from __future__ import annotations

import io
import tempfile
from typing import IO, Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable

from portal.core.access import PICTURE_CAP

HEAD_MAX = 128 * 1024
"""Largest head, in bytes: a URL of 64 KB, which the portal still refuses with a page, and the fields below it."""
BODY_MAX = PICTURE_CAP + 64 * 1024
"""Largest body that is received, in bytes: more than any view takes, so that each view refuses its own excess."""
IN_MEMORY = 64 * 1024
"""Largest body that is kept in memory; what is larger goes into a nameless temporary file."""
PIECE = 1024 * 1024
CHUNK_LINE_MAX = 16 * 1024


class ReceivedBytes(Unreader):
    """What gunicorn reads a request from: bytes that have arrived already, then the reason why there are no more."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.source: IO[bytes] = io.BytesIO(head)
        self.refusal: HTTPException | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece, or ``b""`` at the end; raise the refusal of a request that is not complete."""
        data = self.source.read(min(max(size_hint or 0, IN_MEMORY), PIECE))
        if not data and self.refusal is not None:
            raise self.refusal
        return data


class KnownLength:
    """The end of a body whose length in bytes its head states."""

    def __init__(self, length: int) -> None:
        self.left = length

    def take(self, data: bytes) -> int:
        """Return how many of the next bytes belong to the body."""
        taken = min(self.left, len(data))
        self.left -= taken
        return taken

    @property
    def is_reached(self) -> bool:
        return self.left == 0


class ChunkedEnd:
    """The end of a body in chunks (RFC 9112, 7.1).

    A malformed body counts as complete, because the parser that reads it afterwards refuses it.
    """

    def __init__(self) -> None:
        self.skip = 0
        self.line = bytearray()
        self.in_trailers = False
        self.is_reached = False

    def take(self, data: bytes) -> int:
        """Return how many of the next bytes belong to the body."""
        at = 0
        while at < len(data) and not self.is_reached:
            if self.skip:
                step = min(self.skip, len(data) - at)
                self.skip -= step
                at += step
                continue
            newline = data.find(b"\n", at)
            end = newline + 1 if newline >= 0 else len(data)
            self.line += data[at:end]
            at = end
            if len(self.line) > CHUNK_LINE_MAX:
                self.is_reached = True
            elif newline >= 0:
                line, self.line = bytes(self.line), bytearray()
                self._read_line(line.strip())
        return at

    def _read_line(self, line: bytes) -> None:
        if self.in_trailers:
            self.is_reached = not line
            return
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        self.in_trailers = size == 0
        self.is_reached = size < 0
        self.skip = size + len(b"\r\n") if size > 0 else 0


class IncomingRequest:
    """One request while it arrives; gunicorn's worker takes it for the parser of its connection.

    ``rest`` are bytes behind its end, the beginning of the next request. ``size`` counts what has arrived of the body.
    """

    def __init__(self, cfg: Any, peer: Any, number: int) -> None:
        self.cfg, self.peer, self.number = cfg, peer, number
        self.head = bytearray()
        self.request: Request | None = None
        self.error: Exception | None = None
        self.received: ReceivedBytes | None = None
        self.end: KnownLength | ChunkedEnd = KnownLength(0)
        self.body: IO[bytes] | None = None
        self.size = 0
        self.rest = b""
        self.is_complete = False

    @property
    def has_started(self) -> bool:
        """Return whether a byte of the request has arrived."""
        return bool(self.head) or self.request is not None or self.error is not None

    @property
    def is_ready(self) -> bool:
        """Return whether the request can be answered: it is complete, malformed or refused."""
        return self.is_complete or self.error is not None or (self.received is not None and bool(self.received.refusal))

    @property
    def path(self) -> str:
        """Return the path of the request, or an empty string while it is unknown."""
        return str(self.request.path) if self.request is not None else ""

    @property
    def waits_for_permission(self) -> bool:
        """Return whether the client sends its body only after "100 Continue" (RFC 9110, 10.1.1)."""
        if self.request is None or self.is_ready or self.size or self.request.version == (1, 0):
            return False
        return any(name == "EXPECT" and value.lower() == "100-continue" for name, value in self.request.headers)

    def feed(self, data: bytes) -> None:
        """Take bytes that have arrived."""
        if self.request is None:
            self._feed_head(data)
        else:
            self._feed_body(data)

    def refuse(self, reason: HTTPException) -> None:
        """Let the view answer although the body is not complete: whoever reads the body gets ``reason`` raised.

        The connection is closed after the response.
        """
        assert self.received is not None
        assert self.request is not None
        self.received.refusal = reason
        self.request.force_close()

    def close(self) -> None:
        """Delete what was kept of the body."""
        if self.body is not None:
            self.body.close()

    def __next__(self) -> Request:
        """Return the request as the worker expects it of a parser, or raise the error in its head."""
        if self.error is not None:
            raise self.error
        assert self.request is not None
        return self.request

    def finish_body(self, deadline: float | None = None) -> bool:
        """Return whether the next request of the connection can be read; nothing is left of a complete one."""
        return self.is_complete

    def _feed_head(self, data: bytes) -> None:
        searched = max(0, len(self.head) - 3)
        self.head += data
        end = self.head.find(b"\r\n\r\n", searched)
        if end > HEAD_MAX or (end < 0 and len(self.head) > HEAD_MAX):
            line = self.head.find(b"\r\n")
            too_long = LimitRequestHeaders("limit request headers size")
            self.error = too_long if 0 <= line <= HEAD_MAX else LimitRequestLine(len(self.head), HEAD_MAX)
        elif end >= 0 or self.head.find(b"\n\n", searched) >= 0:  # the parser refuses lines without CR
            self._parse()

    def _parse(self) -> None:
        received = ReceivedBytes(bytes(self.head))
        try:
            request = Request(self.cfg, received, self.peer, self.number)
        except Exception as error:  # whatever the parser raises, the worker's own handler answers
            self.error = error
            return
        self.request, self.received = request, received
        self.head.clear()
        reader: ChunkedReader | LengthReader = request.body.reader  # type: ignore[union-attr]  # the parser has set it
        self.end = ChunkedEnd() if isinstance(reader, ChunkedReader) else KnownLength(reader.length)
        if isinstance(self.end, KnownLength) and self.end.left > BODY_MAX:
            self.refuse(RequestEntityTooLarge())
        else:
            self._feed_body(received.take_buffered() + received.source.read())

    def _feed_body(self, data: bytes) -> None:
        taken = self.end.take(data)
        self.rest = data[taken:]
        self.size += taken
        if taken:
            self._keep(data[:taken])
        if self.is_ready:
            return
        self.is_complete = self.end.is_reached
        if self.is_complete and self.body is not None:
            self._rewind()
        elif self.size > BODY_MAX:
            self.refuse(RequestEntityTooLarge())
            self._rewind()

    def _rewind(self) -> None:
        """Let the view read the body from its beginning."""
        assert self.body is not None
        assert self.received is not None
        self.body.seek(0)
        self.received.source = self.body

    def _keep(self, data: bytes) -> None:
        try:
            if self.body is None:
                self.body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by ``close``
            self.body.write(data)
        except OSError:  # the disk is full
            self.refuse(ServiceUnavailable())
