"""Pictures inside JSON, as the existing clients want them."""

from __future__ import annotations

import orjson
from flask import Response, request

from portal.files.queries import base64_of
from portal.files.storage import StoredPicture


def picture_answer(key: str, stored: StoredPicture | None) -> Response:
    """``{key: base64 or null}`` with an ``ETag``; 304 without a body when the client already has it.

    The browser asks again each time: the address carries no version.
    """
    response = Response(mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(stored.digest if stored else "none")
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(orjson.dumps({key: base64_of(stored) if stored else None}))
    return response
