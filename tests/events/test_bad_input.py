"""Bad requests to the event endpoints: always a 4xx with a message, and nothing is stored."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.events.samples import body
from tests.events.state import audited
from tests.factories import make_event
from tests.support.clients import Api

pytestmark = pytest.mark.usefixtures("innopolis")


@pytest.fixture
def author(api: Api, alina: Account) -> Api:
    return api.sign_in(alina)


BAD: list[tuple[str, Any]] = [
    ("title", None),
    ("title", 5),
    ("title", ""),
    ("title", "nul \x00"),
    ("title", "turned \u202e"),
    ("description", "turned \u202a"),
    ("title", "\x1b[31m"),
    ("title", "x" * 121),
    ("title", ["list"]),
    ("description", {"a": 1}),
    ("description", "  "),
    ("description", "\u200b"),
    ("title", "\u2060\ufeff"),
    ("description", "x" * 5001),
    ("location", "Atlantis"),
    ("location", "Russia, Atlantis"),
    ("location", ""),
    ("location", 7),
    ("datetime", "2031-02-30T10:00:00"),
    ("datetime", "2031-12-06T25:00:00"),
    ("datetime", "2031-12-06"),
    ("datetime", "2031-12-06T18:00:00Z"),
    ("datetime", "2031-12-06T18:00:00+03:00"),
    ("datetime", "soon"),
    ("datetime", 1799999999),
    ("datetime", []),
    ("datetime", "0001-01-01T00:00:00"),
    ("datetime", "2001-01-01T00:00:00"),
    ("cost", "10"),
    ("cost", -1),
    ("cost", 1e300),
    ("cost", 10**40),
    ("cost", True),
    ("cost", None),
    ("is_online", "false"),
    ("is_online", 0),
    ("cover", "not base64!"),
    ("cover", "bm8gcGljdHVyZQ=="),
    ("cover", 5),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{field}-{index}" for index, (field, _) in enumerate(BAD)])
def test_a_bad_value_is_refused_with_a_message(app: PortalFlask, author: Api, field: str, value: Any) -> None:
    problem = author.post("/api/v1/events/", json=body(**{field: value}), status=422)
    assert problem["detail"]
    assert field in {error["field"] for error in problem["errors"]}
    assert audited(app) == []


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"title": NaN}', b'{"cost": Infinity}'])
def test_a_bad_body_is_refused(author: Api, raw: bytes) -> None:
    response = author.client.post(
        "/api/v1/events/", data=raw, headers={**author.headers, "Content-Type": "application/json"}
    )
    assert response.status_code in {400, 422}
    assert isinstance(response.get_json()["detail"], str)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_cost_that_is_no_number_is_refused(app: PortalFlask, author: Api, value: str) -> None:
    import json

    raw = json.dumps(body(cost=12345)).replace("12345", value)
    headers = {**author.headers, "Content-Type": "application/json"}
    assert author.client.post("/api/v1/events/", data=raw, headers=headers).status_code in {400, 422}
    assert audited(app) == []


def test_another_content_type_is_refused(author: Api) -> None:
    author.post("/api/v1/events/", data="title=x", headers={"Content-Type": "text/plain"}, status=415)


@pytest.mark.parametrize("path", ["nonsense", "1", "0" * 32, "' OR 1=1"])
def test_a_malformed_id_returns_404(author: Api, path: str) -> None:
    author.get(f"/api/v1/events/{path}", status=404)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=1e3", "cursor=nonsense", "cursor=%00", "cursor=" + "A" * 5000]
)
def test_a_bad_limit_or_cursor_is_refused(author: Api, query: str) -> None:
    author.get(f"/api/v1/events/?{query}", status=422)


def test_a_cursor_of_another_list_is_refused(author: Api, bob: Account) -> None:
    make_event(bob)
    make_event(bob)
    cursor = author.get("/api/v1/events/?limit=1")["next_cursor"]
    author.get(f"/api/v1/events/?limit=1&cursor={cursor}")
    author.get(f"/api/v1/events/?limit=1&search=Event&cursor={cursor}", status=422)
    author.get(f"/api/v1/events/owner/pending?cursor={cursor}", status=422)
    author.get(f"/api/v1/events/?limit=1&cursor={cursor[:-2]}AA", status=422)


@pytest.mark.parametrize("person", ["nonsense", "5", "%00"])
def test_a_malformed_participant_id_is_refused(author: Api, bob: Account, person: str) -> None:
    event = make_event(bob)
    author.post(f"/api/v1/events/{event.id}/participants?participant_id={person}", status=422)
    author.post(f"/api/v1/events/{event.id}/participants/remove?participant_id={person}", status=422)


def test_joining_an_unknown_event_returns_404(author: Api) -> None:
    author.post(f"/api/v1/events/{uuid.uuid4()}/participants", status=404)


def test_a_bad_change_leaves_the_event_as_it_was(author: Api, alina: Account, kazan: Any) -> None:
    event = make_event(alina, city_id=kazan.id)
    before = author.get(f"/api/v1/events/{event.id}")
    author.put(f"/api/v1/events/{event.id}", json={"title": "New", "location": "Atlantis"}, status=422)
    assert author.get(f"/api/v1/events/{event.id}") == before
