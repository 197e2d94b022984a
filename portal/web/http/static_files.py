"""Static files by the hash of their content, compressed once per process and kept by browsers for a year."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, g, request, send_from_directory, url_for

from portal.core.access import ANYONE, access

IMMUTABLE = "public, max-age=31536000, immutable"
CHECKED_EACH_TIME = "public, no-cache"
NAMED_BY_VERSION = "vendor/fonts/"
TEXT = frozenset({".css", ".js", ".svg", ".json", ".txt"})


def init_app(app: Flask) -> None:
    app.view_functions["static"] = serve
    app.jinja_env.globals["static_url"] = static_url


def static_url(path: str) -> str:
    """The address of a file under ``static/``; it changes with the content. Raises ``FileNotFoundError``.

    A page names the icons some eighty times; the file is looked at once for it.
    """
    known: dict[str, str] = g.setdefault("static_urls", {})
    if path not in known:
        known[path] = url_for("static", filename=path, v=content_hash(path))
    return known[path]


def content_hash(path: str) -> str:
    file = Path(current_app.static_folder or "", path)
    return _hash_at(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _hash_at(file: str, changed: int) -> str:
    return sha256(Path(file).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=128)
def _content_at(file: str, changed: int, *, packed: bool) -> bytes:
    content = Path(file).read_bytes()
    return gzip.compress(content, 9, mtime=0) if packed else content


@access(ANYONE)
def serve(filename: str) -> Response:
    """One static file; text comes from memory, compressed for whoever takes that."""
    folder = Path(current_app.static_folder or "").resolve()
    file = (folder / filename).resolve()
    if file.suffix in TEXT and file.is_relative_to(folder) and file.is_file():
        response = _text(file, packed=bool(request.accept_encodings["gzip"]))
    else:
        response = send_from_directory(folder, filename)
    lasting = "v" in request.args or filename.startswith(NAMED_BY_VERSION)
    response.headers["Cache-Control"] = IMMUTABLE if lasting else CHECKED_EACH_TIME
    return response


def _text(file: Path, *, packed: bool) -> Response:
    changed = file.stat().st_mtime_ns
    content = _content_at(str(file), changed, packed=packed)
    response = Response(content, mimetype=mimetypes.guess_type(file.name)[0])
    response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{_hash_at(str(file), changed)}{'-gzip' if packed else ''}")
    response.make_conditional(request)
    return response
