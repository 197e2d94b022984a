"""The OpenAPI 3.1 document, derived from the declarations of ``@endpoint``."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

import orjson
from flask import Blueprint, Response

from portal.api.endpoint import spec, upload_body
from portal.core.access import ANYONE, access

blueprint = Blueprint("openapi", __name__)


_turn = Lock()


def document() -> dict[str, Any]:
    """The document of the running application; needs its context the first time."""
    with _turn:  # what is made is changed in place until it is done
        return _made()


@cache
def _made() -> dict[str, Any]:
    described: dict[str, Any] = spec.spec
    for path in described["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {"application/problem+json": answer["content"].popitem()[1]}
            if operation["operationId"] in upload_body:
                operation["requestBody"] = upload_body[operation["operationId"]]
    return described


def dump() -> bytes:
    """The document as the committed copy has it: indented, keys sorted, newline at the end."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


@blueprint.get("/api/openapi.json")
@access(ANYONE)
def openapi() -> Response:
    return Response(dump(), mimetype="application/json")
