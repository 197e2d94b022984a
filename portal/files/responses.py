"""JSON responses with a picture, as legacy clients expect them."""

from __future__ import annotations

import orjson
from flask import Response, request

from portal.files.queries import is_lost
from portal.files.services import to_base64
from portal.files.storage import StoredPicture


def picture_answer(key: str, stored: StoredPicture | None) -> Response:
    """Return a JSON response ``{key: picture in base64}`` with an ``ETag``, or 304 if the client has this version.

    The value is null without a picture, and a placeholder for one whose file is lost. The client must revalidate the
    response at each use, because the URL carries no version.
    """
    response = Response(mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(_version(stored) if stored else "none")
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(orjson.dumps({key: to_base64(stored) if stored else None}))
    return response


def _version(stored: StoredPicture) -> str:
    return f"{stored.digest}-lost" if is_lost(stored) else stored.digest
