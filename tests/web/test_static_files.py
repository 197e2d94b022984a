"""Static files: addressed by their content, kept for a year, compressed."""

from __future__ import annotations

import gzip

from portal.web.http.static_files import static_url


def address(page, path="css/events.css"):
    with page.app.test_request_context():
        return static_url(path)


def test_a_hashed_address_may_be_kept_for_ever(page):
    assert "immutable" in page.get(address(page)).response.headers["Cache-Control"]


def test_a_plain_address_is_asked_for_again(page):
    assert "immutable" not in page.get("/static/css/events.css").response.headers["Cache-Control"]


def test_text_is_compressed_for_whoever_takes_it(page):
    plain = page.get(address(page)).response
    packed = page.get(address(page), headers={"Accept-Encoding": "gzip"}).response
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_compressed_file_is_not_sent_twice(page):
    tag = page.get(address(page), headers={"Accept-Encoding": "gzip"}).response.headers["ETag"]
    page.get(address(page), headers={"Accept-Encoding": "gzip", "If-None-Match": tag}, status=304)


def test_nothing_outside_the_folder_is_served(page):
    page.get("/static/../config.py", status=404)
    page.get("/static/%2e%2e/config.py", headers={"Accept-Encoding": "gzip"}, status=404)


def test_a_first_visit_stays_small(page):
    """Styles and scripts of any page but those with a map, compressed: at most 110 KB; fonts: at most 70 KB."""
    files = ("vendor/bootstrap.min.css", "dist/portal.css", "vendor/htmx.min.js", "dist/portal.js")
    sizes = [len(page.get(address(page, file), headers={"Accept-Encoding": "gzip"}).response.data) for file in files]
    assert sum(sizes) <= 110 * 1024
