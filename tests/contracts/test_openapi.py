"""The OpenAPI document is valid, complete, and committed as it is."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from config import ROOT
from portal.api import openapi
from portal.api.endpoint import endpoint, spec
from portal.api.schemas import Message, Query
from portal.application import PortalFlask
from portal.core.access import MEMBER

UNDOCUMENTED = {"openapi.openapi", "api_readers.docs", "api_readers.redoc"}


@pytest.fixture
def document(app: PortalFlask) -> dict[str, Any]:
    with app.test_request_context():
        return copy.deepcopy(openapi.document())


def problems(document: dict[str, Any]) -> list[str]:
    return [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


def undocumented(app: PortalFlask, document: dict[str, Any]) -> list[str]:
    missing = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.endpoint in UNDOCUMENTED:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(next(part for part in path.split("/") if part.endswith(f"{name}>")), f"{{{name}}}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if method.lower() not in document["paths"].get(path, {}):
                missing.append(f"{method} {path}")
    return missing


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert problems(document) == []


def test_a_broken_document_is_found(document: dict[str, Any]) -> None:
    del document["info"]["title"]
    assert problems(document) != []


def test_it_covers_every_api_route(app: PortalFlask, document: dict[str, Any]) -> None:
    assert undocumented(app, document) == []


def test_a_forgotten_route_is_found(app: PortalFlask, document: dict[str, Any]) -> None:
    del document["paths"]["/api/v1/cities/search"]
    assert undocumented(app, document) == ["GET /api/v1/cities/search"]


@pytest.mark.whole_portal
def test_the_committed_copy_is_current(app: PortalFlask) -> None:
    with app.test_request_context():
        assert (ROOT / "docs" / "openapi.json").read_bytes() == openapi.dump(), (
            "run `flask openapi > docs/openapi.json`"
        )


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if operation["summary"].endswith(">")
    ]
    assert silent == []


def test_many_who_ask_first_all_get_the_whole_document(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = committed.test_client().get("/api/openapi.json").data
    monkeypatch.delattr(spec, "_spec")
    monkeypatch.setattr(spec, "models", {})
    openapi._make.cache_clear()
    start = Barrier(8)

    def ask(_number: int) -> bytes:
        start.wait()
        content: bytes = committed.test_client().get("/api/openapi.json").data
        return content

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(ask, range(8))) == {whole}


def test_a_second_schema_of_the_same_name_is_refused() -> None:
    class EventQuery(Query):
        """Another schema than that of the list of events."""

    with pytest.raises(TypeError, match="EventQuery"):
        endpoint(MEMBER, query=EventQuery, answers={200: Message})(lambda query: query)
