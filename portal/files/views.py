"""The view that serves stored pictures."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request

from portal.core.access import SIGNED_IN, access, current_actor
from portal.files import services

blueprint = Blueprint("media", __name__)

FRESH_SECONDS = 300


@blueprint.get("/media/<uuid:picture_id>/<string:variant>")
@access(SIGNED_IN)
def picture(picture_id: uuid.UUID, variant: str) -> Response:
    """Serve one variant of a picture, or 404 if the viewer may not see it.

    Browsers keep it for ``FRESH_SECONDS`` only: the picture never changes, but who may see it can.
    """
    rendition = services.rendition(current_actor(), picture_id, variant)
    response = Response(rendition.data, mimetype=rendition.content_type)
    response.set_etag(rendition.etag)
    response.cache_control.private = True
    response.cache_control.max_age = FRESH_SECONDS
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.make_conditional(request)
    return response
