"""Bad input of clients, which is refused with a problem and never causes a traceback."""

from __future__ import annotations

import http.client
import json
import socket
import uuid
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.clients.legacy_clients import MOBILE, LegacyClient, mobile
from tests.support.plain_http import PLAIN_HTTP

pytestmark = pytest.mark.process

EVENT = {
    "title": "Meetup",
    "description": "Text",
    "location": "Russia, Kazan",
    "datetime": "2031-11-24T18:00:00",
    "cost": 0,
    "is_online": False,
    "cover": None,
}


# The server does not read what is too large, so that connection cannot be used again.
ALONE = {"Connection": "close"}
NOBODY = "0197a000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def bob(demo_server: str) -> LegacyClient:
    return mobile(demo_server).sign_in("bob@demo.example")


def refused(client: LegacyClient, method: str, path: str, **options: object) -> dict[str, object]:
    response = client.http.request(method, path, **options)  # type: ignore[arg-type]  # any option of httpx
    assert 400 <= response.status_code < 500, f"{response.status_code}: {response.text[:300]}"
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert isinstance(body["detail"], str)
    assert len(str(body["detail"])) > 5
    assert "Traceback" not in response.text
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize(
    "raw",
    [b"{", b'{"title": "a"', b"[1, 2", b"null", b"[]", b'"text"', b"\xff\xfe", b"{'title': 1}", b'{"cost": NaN}'],
)
def test_malformed_json(bob: LegacyClient, raw: bytes) -> None:
    assert refused(bob, "POST", "/api/v1/events/", content=raw)["status"] in {400, 422}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_content_type(bob: LegacyClient, kind: str) -> None:
    body = refused(bob, "POST", "/api/v1/events/", content=b"title=x", headers={"Content-Type": kind})
    assert body["status"] == 415


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 5),
        ("title", "a\x00b"),
        ("title", "bell \x07"),
        ("title", "x" * 5000),
        ("description", None),
        ("location", ""),
        ("datetime", "2031-02-30T10:00:00"),
        ("datetime", "yesterday"),
        ("datetime", 5),
        ("cost", "12"),
        ("cost", -1),
        ("cost", 10**30),
        ("is_online", "yes"),
        ("cover", "not base64!"),
        ("cover", "aGVsbG8="),
        ("cover", 7),
    ],
)
def test_wrong_values_in_an_event(bob: LegacyClient, field: str, value: object) -> None:
    body = refused(bob, "POST", "/api/v1/events/", json={**EVENT, field: value})
    assert field in [error["field"] for error in body["errors"]], body  # type: ignore[attr-defined]  # a list


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("first_name", "x" * 500),
        ("first_name", 7),
        ("location", "Russia, Atlantis"),
        ("location", 7),
        ("graduation_year", "the year"),
        ("graduation_year", 2019),
        ("show_location", "yes"),
        ("biography", "a\x00b"),
        ("biography", "x" * 100_000),
        ("avatar", "aGVsbG8="),
        ("telegram_alias", "x" * 100),
    ],
)
def test_wrong_values_in_a_profile(bob: LegacyClient, field: str, value: object) -> None:
    before = bob.call("GET", "/api/v1/profile/me")
    refused(bob, "PUT", "/api/v1/profile/me", json={**before, "biography": "changed", field: value})
    assert bob.call("GET", "/api/v1/profile/me") == before


@pytest.mark.parametrize("cursor", ["x", "AAAA", "!!!", "0" * 5000, "eyJpZCI6IDF9", "%00"])
@pytest.mark.parametrize("path", ["/api/v1/events/", "/api/v1/events/owner/pending", "/api/v1/profile/all"])
def test_cursors_that_were_tampered_with(bob: LegacyClient, path: str, cursor: str) -> None:
    refused(bob, "GET", path, params={"cursor": cursor})


def test_a_cursor_of_another_list(bob: LegacyClient) -> None:
    cursor = bob.call("GET", "/api/v1/events/", params={"limit": 1})["next_cursor"]
    assert cursor is not None
    refused(bob, "GET", "/api/v1/profile/all", params={"cursor": cursor})


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1e2", "99999999999999999999"])
def test_limits_out_of_range(bob: LegacyClient, limit: str) -> None:
    assert refused(bob, "GET", "/api/v1/events/", params={"limit": limit})["status"] == 422


@pytest.mark.parametrize("identifier", ["1", "x", "00000000", "%00", "..%2f..", NOBODY])
@pytest.mark.parametrize("path", ["/api/v1/events/{}", "/api/v1/profile/{}", "/api/v1/events/{}/cover"])
def test_ids_that_are_none(bob: LegacyClient, path: str, identifier: str) -> None:
    assert refused(bob, "GET", path.format(identifier))["status"] == 404


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "ey" * 3000],
)
def test_forged_bearers(demo_server: str, token: str) -> None:
    with httpx.Client(
        base_url=demo_server, headers={**MOBILE, "Authorization": f"Bearer {token}"}, **PLAIN_HTTP
    ) as http:
        answer = http.get("/api/v1/profile/me")
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_login_ignores_a_stale_bearer(demo_server: str) -> None:
    stale = mobile(demo_server)
    stale.http.headers["Authorization"] = "Bearer stale"
    stale.sign_in("bob@demo.example")


@pytest.mark.parametrize(
    ("path", "size"),
    [("/api/v1/auth/login", 70 * 1024), ("/api/v1/events/", 16 * 1024 * 1024)],
)
def test_bodies_beyond_the_caps(bob: LegacyClient, path: str, size: int) -> None:
    body = b'{"email": "' + b"x" * size + b'"}'
    assert refused(bob, "POST", path, content=body, headers=ALONE)["status"] == 413


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 401), (64 * 1024 + 1, 413), (80 * 1024, 413)])
def test_a_body_beyond_the_cap_that_does_not_say_how_long_it_is(demo_server: str, size: int, status: int) -> None:
    known = b'{"email": "nobody@demo.example", "password": "wrong"}'
    answer = send_chunked(demo_server, b"%x\r\n%b\r\n0\r\n\r\n" % (size, known.ljust(size)))
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in answer


def test_a_body_whose_chunks_are_broken(demo_server: str) -> None:
    assert send_chunked(demo_server, b"zz\r\nabc\r\n0\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def send_chunked(server: str, chunks: bytes) -> bytes:
    """Return the response to a sign-in whose body is sent in ``chunks``."""
    host = httpx.URL(server)
    head = f"POST /api/v1/auth/login HTTP/1.1\r\nHost: {host.host}:{host.port}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((host.host, host.port or 80), timeout=20) as line:
        line.sendall(head.encode() + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)
        return line.makefile("rb").read(400)


def test_an_upload_beyond_the_cap(demo_server: str) -> None:
    office = mobile(demo_server).sign_in("adam@demo.example")
    del office.http.headers["Content-Type"]
    big = {"file": ("list.csv", b"x" * (11 * 1024 * 1024), "text/csv")}
    assert refused(office, "POST", "/api/v1/admin/upload-allowed-emails", files=big, headers=ALONE)["status"] == 413


@pytest.mark.parametrize("name", ["list.xls", "list.pdf", "list.xlsx"])
def test_an_upload_that_is_no_spreadsheet(demo_server: str, name: str) -> None:
    office = mobile(demo_server).sign_in("adam@demo.example")
    del office.http.headers["Content-Type"]
    files = {"file": (name, b"not a spreadsheet", "application/octet-stream")}
    assert refused(office, "POST", "/api/v1/admin/upload-allowed-emails", files=files)["status"] == 400


def test_a_host_that_is_not_ours(demo_server: str) -> None:
    answer = httpx.get(f"{demo_server}/", headers={"Host": "evil.example"}, **PLAIN_HTTP)
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_request_line_of_64_kilobytes_is_served_with_rubbish_among_its_ids_and_a_longer_one_is_not(
    bob: LegacyClient,
) -> None:
    path, me = "/api/v1/profile/", bob.call("GET", "/api/v1/profile/me")["id"]
    mixed = [me, "rubbish", "", "%00", str(uuid.uuid4()), me.upper(), "ключ"]
    ids = urlencode([("user_ids", each) for each in [me] * 500 + mixed * 60] + [("user_ids", "")])
    longest = f"{path}?{ids}{'x' * (64 * 1024 - len(path) - len(ids))}"
    status, _kind, people = raw_get(bob, longest)
    assert (status, [person["id"] for person in people]) == (200, [me])
    status, kind, problem = raw_get(bob, f"{longest}x")
    assert (status, kind) == (414, "application/problem+json")
    assert " " in problem["detail"]


def raw_get(client: LegacyClient, target: str) -> tuple[int, str | None, Any]:
    """Return status, content type and JSON; httpx itself refuses such URLs."""
    line = http.client.HTTPConnection(client.http.base_url.host, client.http.base_url.port or 80, timeout=30)
    with closing(line):
        line.request("GET", target, headers={"Authorization": client.http.headers["Authorization"]})
        answer = line.getresponse()
        return answer.status, answer.headers["Content-Type"], json.loads(answer.read())


def test_preflight_and_errors_are_readable_across_origins(demo_server: str) -> None:
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = httpx.options(f"{demo_server}/api/v1/profile/me", headers=asked)
    assert answer.is_success
    assert "PUT" in answer.headers["access-control-allow-methods"]
    refused_answer = httpx.get(
        f"{demo_server}/api/v1/profile/me", headers={"Origin": "http://localhost:3000"}, **PLAIN_HTTP
    )
    assert refused_answer.status_code == 401
    assert refused_answer.headers["access-control-allow-origin"] in {"*", "http://localhost:3000"}


@pytest.mark.parametrize("path", ["/api/v1/events/", "/api/v1/events", "/api/v1/profile/me", "/api/v1/profile/me/"])
def test_both_slash_forms_are_served_without_redirect(bob: LegacyClient, path: str) -> None:
    bob.call("GET", path)
