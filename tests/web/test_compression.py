"""Pages are compressed for browsers that ask for it, with a length that tells nothing exactly."""

from __future__ import annotations

import gzip

import pytest
from flask import Response

from portal.accounts.models import Account
from portal.web.http.compression import LEAST_BYTES, PADDING_MAX, gzipped
from tests.support.clients import Api, Page

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_and_the_same(page: Page) -> None:
    plain, small = page.request("GET", "/login", status=200), page.request("GET", "/login", status=200, headers=GZIP)
    assert (small.headers["Content-Encoding"], int(small.headers["Content-Length"])) == ("gzip", len(small.data))
    assert len(small.data) < len(plain.data) / 2
    assert b'name="password"' in gzip.decompress(small.data)
    assert "Accept-Encoding" in small.vary
    assert "Accept-Encoding" in plain.vary


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "deflate, gzip;q=0"])
def test_a_browser_that_does_not_accept_gzip_gets_none(page: Page, accepted: str) -> None:
    answer = page.request("GET", "/login", status=200, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert b'name="password"' in answer.data


def test_errors_and_fragments_are_compressed(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    assert page.request("GET", "/nothing", status=404, headers=GZIP).headers["Content-Encoding"] == "gzip"
    fragment = page.request("GET", "/people", status=200, headers={**GZIP, "HX-Request": "true"})
    assert fragment.headers["Content-Encoding"] == "gzip"
    assert b"<html" not in gzip.decompress(fragment.data), "it is no page"


def test_json_and_short_pages_go_out_as_they_are(page: Page, api: Api, alina: Account) -> None:
    answer = api.sign_in(alina).request("GET", "/api/v1/events/", status=200, headers={**GZIP, **api.headers})
    assert "Content-Encoding" not in answer.headers
    short = page.app.process_response  # every response goes through it
    with page.app.test_request_context(headers=GZIP):
        page.app.preprocess_request()
        for size, encoding in ((LEAST_BYTES - 1, None), (LEAST_BYTES, "gzip")):
            shown = short(Response("x" * size, mimetype="text/html"))
            assert shown.headers.get("Content-Encoding") == encoding


def test_equal_pages_differ_in_length_by_chance() -> None:
    """Lengths are spread over the whole padding, so that one of them tells nothing."""
    lengths = {len(gzipped(b"page " * 400)) for _time in range(400)}
    assert PADDING_MAX * 0.7 < max(lengths) - min(lengths) <= PADDING_MAX + 1
    assert len(lengths) > PADDING_MAX / 2
