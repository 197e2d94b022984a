"""Static files by WhiteNoise: compressed, and kept by browsers for a year under names with the hash of their content.

``deploy/assets`` writes the compressed copies beside the files.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, Response, current_app, send_from_directory
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from config import Settings
from portal.core.access import ANYONE, access
from portal.web.http.headers import add_transport_headers

VERSIONED = re.compile(r"\.[0-9a-f]{10}(?=\.\w+$)")
NAMED_BY_VERSION = "/vendor/fonts/"


class StaticFiles(WhiteNoise):
    """WhiteNoise that also knows each file under its versioned name, and no compressed copy of former content."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: dict[str, os.stat_result] | None = None) -> None:
        """Add a file under its own and its versioned URL, when the application starts; a compressed copy gets none."""
        super().add_file_to_dictionary(url, path, stat_cache)
        if not self.is_compressed_variant(path, stat_cache):
            super().add_file_to_dictionary(versioned(url, Path(path)), path, stat_cache)

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        """Yield the paths where the file of a URL, versioned or not, may be; called for each request in development."""
        yield from super().candidate_paths_for_url(VERSIONED.sub("", url))

    def get_static_file(self, path: str, url: str, stat_cache: dict[str, os.stat_result] | None = None) -> StaticFile:
        """Return the file as it is served; its compressed copy is used only if both changed at the same time."""
        stats = {name: os.stat(name) for name in (path, f"{path}.gz") if os.path.isfile(name)}
        if len({int(stat.st_mtime) for stat in stats.values()}) > 1:
            del stats[f"{path}.gz"]
        file: StaticFile = super().get_static_file(path, url, stats)
        return file


def init_app(app: Flask, settings: Settings) -> None:
    """Serve ``static/`` before any other code runs; changed files are noticed only where ``follows_changes`` says so.

    Templates get ``static_url``, which asks the file system only then.
    """
    app.view_functions["static"] = serve_current
    app.jinja_env.globals["static_url"] = static_url if follows_changes(settings) else lru_cache(static_url)

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        add_transport_headers(headers, settings)

    app.wsgi_app = StaticFiles(  # type: ignore[method-assign]  # Flask's documented way
        app.wsgi_app,
        app.static_folder,
        app.static_url_path,
        autorefresh=follows_changes(settings),
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(VERSIONED.search(url)) or NAMED_BY_VERSION in url,
        add_headers_function=add_headers,
    )


def follows_changes(settings: Settings) -> bool:
    """Return whether the portal takes over changed files while it runs, as gunicorn does with changed code."""
    return settings.is_development and "--reload" in sys.argv


def static_url(path: str) -> str:
    """Return the versioned URL of a file under ``static/``, which changes with its content.

    Raise ``FileNotFoundError`` if there is no such file.
    """
    return f"{current_app.static_url_path}/{versioned(path, Path(current_app.static_folder or '', path))}"


def versioned(name: str, file: Path) -> str:
    """Return ``name`` with the hash of the content of ``file``: ``portal.css`` becomes ``portal.0123456789.css``."""
    stem, suffix = os.path.splitext(name)
    return f"{stem}.{_hash_at(str(file), file.stat().st_mtime_ns)}{suffix}"


@lru_cache(maxsize=256)
def _hash_at(file: str, changed: int) -> str:
    return sha256(Path(file).read_bytes()).hexdigest()[:10]


@access(ANYONE)
def serve_current(filename: str) -> Response:
    """Return the current content of a static file that was requested under an outdated versioned name.

    A page older than this process may ask for one. Raise ``NotFound`` (404) if there is no such file.
    """
    return send_from_directory(current_app.static_folder or "", VERSIONED.sub("", filename), max_age=0)
