"""Pages compressed by gzip, where no proxy in front does it."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

LEAST_BYTES = 1_000
LEVEL = 5
PADDING_MAX = 100


def init_app(app: Flask) -> None:
    """Compress the pages and fragments of all responses for browsers that accept gzip."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Return the response with its body compressed if it is a page or fragment of ``LEAST_BYTES`` or more.

    Static files are compressed beforehand, JSON goes out as it is.
    """
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    accepts = request.accept_encodings.quality("gzip") > 0
    if accepts and len(body) >= LEAST_BYTES and "Content-Encoding" not in response.headers:
        response.set_data(gzipped(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def gzipped(body: bytes) -> bytes:
    """Return the body as gzip, longer by a random number of bytes: up to ``PADDING_MAX`` of a file name in its header.

    A page holds secrets beside text that others choose, and the length of what is compressed tells whether the two have
    parts in common (BREACH). With the random length an attacker needs very many requests for each letter.
    """
    buffer = io.BytesIO()
    name = "a" * secrets.randbelow(PADDING_MAX + 1)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=buffer, mtime=0) as file:
        file.write(body)
    return buffer.getvalue()
