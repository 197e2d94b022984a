"""Static files: named by their content, kept for a year, compressed."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from portal.web.http import static_files
from portal.web.http.static_files import static_url
from tests.support.clients import Page


def url(page: Page, path: str = "css/events.css") -> str:
    with page.app.test_request_context():
        return static_url(path)


def fetch(page: Page, path: str, **options: Any) -> TestResponse:
    """Return the response, whose file is closed at once."""
    return page.get(path, buffered=True, **options).response


def test_a_url_with_a_hash_is_kept_for_a_year(page: Page) -> None:
    cache = fetch(page, url(page)).headers["Cache-Control"]
    assert "public" in cache
    assert "immutable" in cache


def test_a_url_without_a_hash_is_revalidated(page: Page) -> None:
    assert fetch(page, "/static/css/events.css").headers["Cache-Control"] == "max-age=0, public"


def test_a_url_with_the_hash_of_former_content_is_answered_and_revalidated(page: Page) -> None:
    response = fetch(page, "/static/css/events.0123456789.css")
    assert response.data == fetch(page, "/static/css/events.css").data
    assert "immutable" not in response.headers["Cache-Control"]


def test_types_are_not_guessed(page: Page) -> None:
    response = fetch(page, url(page))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.mimetype == "text/css"


def test_text_is_compressed_for_whoever_accepts_it(page: Page) -> None:
    plain = fetch(page, url(page))
    packed = fetch(page, url(page), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/static/none.css", "/static/css/none.0123456789.css", "/static/css", "/static/css/"])
def test_a_missing_file_is_left_to_the_application_in_development(page: Page, method: str, path: str) -> None:
    served = static_files.StaticFiles(page.app.wsgi_app, page.app.static_folder, "static/", autorefresh=True)
    environ = EnvironBuilder(path=path, method=method).get_environ()
    assert run_wsgi_app(served, environ)[1].startswith(("404", "405"))


@pytest.mark.parametrize("autorefresh", [False, True])
def test_a_compressed_copy_of_former_content_is_not_served(page: Page, tmp_path: Path, autorefresh: bool) -> None:
    shutil.copy2(f"{page.app.static_folder}/css/events.css", tmp_path)
    shutil.copy2(f"{page.app.static_folder}/css/events.css.gz", tmp_path)
    gzipped = {"HTTP_ACCEPT_ENCODING": "gzip"}

    def encoding() -> str | None:
        served: Any = static_files.StaticFiles(page.app, tmp_path, "static", autorefresh=autorefresh)
        found = served.find_file("/static/events.css") if autorefresh else served.files["/static/events.css"]
        return dict(found.get_response("HEAD", gzipped).headers).get("Content-Encoding")

    assert encoding() == "gzip"
    (tmp_path / "events.css").write_text("p {}")
    assert encoding() is None


def test_a_file_that_did_not_change_is_not_sent_twice(page: Page) -> None:
    tag = fetch(page, url(page), headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    page.get(url(page), headers={"Accept-Encoding": "gzip", "If-None-Match": tag}, status=304)


def test_nothing_outside_the_folder_is_served(page: Page) -> None:
    page.get("/static/../config.py", status=404)
    page.get("/static/%2e%2e/config.py", headers={"Accept-Encoding": "gzip"}, status=404)
    page.get("/static/../config.0123456789.py", status=404)


def test_a_first_visit_stays_small(page: Page) -> None:
    """Styles and scripts of any page but those with a map, compressed: at most 110 KB; fonts: at most 70 KB."""
    files = ("vendor/bootstrap.min.css", "dist/portal.css", "vendor/htmx.min.js", "dist/portal.js")
    sizes = [len(fetch(page, url(page, file), headers={"Accept-Encoding": "gzip"}).data) for file in files]
    assert sum(sizes) <= 110 * 1024
