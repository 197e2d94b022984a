"""Swagger UI and ReDoc over our own OpenAPI document, in development only."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from portal.core.access import ANYONE, access

blueprint = Blueprint("api_readers", __name__)

# Both style themselves from JavaScript, which pages of the portal may not.
READER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src blob:; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.get("/api/docs")
@access(ANYONE)
def docs() -> Response:
    return reader("api/swagger.html")


@blueprint.get("/api/redoc")
@access(ANYONE)
def redoc() -> Response:
    return reader("api/redoc.html")


def reader(template: str) -> Response:
    response = make_response(render_template(template))
    response.headers["Content-Security-Policy"] = READER_POLICY
    return response
