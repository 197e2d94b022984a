"""The OpenAPI 3.1 document, derived from the declarations of ``@endpoint``."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

import orjson
from flask import Blueprint, Response

from portal.api.endpoint import spec, upload_bodies
from portal.core.access import ANYONE, access

blueprint = Blueprint("openapi", __name__)


_lock = Lock()


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the running application as a dictionary; the first call makes it."""
    with _lock:  # until it is complete the document is changed in place
        return _make()


@cache
def _make() -> dict[str, Any]:
    made: dict[str, Any] = spec.spec
    for path in made["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {"application/problem+json": answer["content"].popitem()[1]}
            if operation["operationId"] in upload_bodies:
                operation["requestBody"] = upload_bodies[operation["operationId"]]
    return made


def dump() -> bytes:
    """Return the OpenAPI document as JSON to commit: indented, with sorted keys and a newline at the end."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


@blueprint.get("/api/openapi.json")
@access(ANYONE)
def openapi() -> Response:
    """Return the OpenAPI document as JSON."""
    return Response(dump(), mimetype="application/json")
