"""JSON errors as ``application/problem+json`` (RFC 9457) with a string ``detail``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException, SecurityError

from portal.core.errors import Conflict, DomainError, TooMany, Unauthenticated

WRONG_HOST = lazy_gettext("The portal is not available under this name.")
TOO_SLOW = lazy_gettext("This took too long to arrive. Check your connection and try again.")
UNAVAILABLE = lazy_gettext("The portal is busy or under maintenance. Try again in a minute; nothing you saved is lost.")


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, Any]] | None = None,
    field: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Return an error response in the format of RFC 9457, ``application/problem+json``.

    ``detail`` is the message for people. ``errors`` are the entries for single fields, by default one that repeats
    ``detail`` for ``field``, or none without a ``field``. ``more`` are extension members of the JSON object.
    """
    if errors is None:
        errors = [{"field": field, "code": code, "message": detail}] if field else []
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors,
        "request_id": g.get("request_id", ""),
        **(more or {}),
    }
    return Response(orjson.dumps(body), status, mimetype="application/problem+json")


def problem_of_domain_error(error: DomainError) -> Response:
    """Return the problem response for an error of a service, with the status of the error.

    A ``Conflict`` gets 400 instead of 409, as legacy clients expect. ``TooMany`` sets ``Retry-After``,
    ``Unauthenticated`` sets ``WWW-Authenticate``.
    """
    status = HTTPStatus.BAD_REQUEST if isinstance(error, Conflict) else error.status
    response = problem(int(status), error.code, error.message, field=error.field)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem_of_http_error(error: HTTPException) -> Response:
    """Return the problem response for an HTTP error of Flask or Werkzeug, with its status and headers.

    ``detail`` is our message in the language of the request.
    """
    status = error.code or 500
    messages = {
        400: WRONG_HOST if isinstance(error, SecurityError) else _("The request is damaged."),
        404: _("There is nothing at this URL."),
        405: _("This method is not allowed here."),
        408: TOO_SLOW,
        413: _("The request is too large."),
        414: _("This link is too long."),
        415: _("The body must be JSON (Content-Type: application/json)."),
        429: _("Too many requests. Wait a minute and try again."),
        503: UNAVAILABLE,
    }
    detail = str(messages.get(status) or _("This request cannot be answered."))
    response = problem(status, HTTPStatus(status).name.lower(), detail)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response
