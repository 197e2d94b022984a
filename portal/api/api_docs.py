"""Pages of Swagger UI and Redoc for the OpenAPI document, in development only."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from portal.core.access import ANYONE, access

blueprint = Blueprint("api_readers", __name__)

# Both set styles from JavaScript, which the policy of all other pages forbids.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src blob:; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.get("/api/docs")
@access(ANYONE)
def docs() -> Response:
    """Show the OpenAPI document in Swagger UI."""
    return docs_page("api/swagger.html")


@blueprint.get("/api/redoc")
@access(ANYONE)
def redoc() -> Response:
    """Show the OpenAPI document in Redoc."""
    return docs_page("api/redoc.html")


def docs_page(template: str) -> Response:
    """Return the rendered ``template`` with the content security policy that Swagger UI and Redoc need."""
    response = make_response(render_template(template))
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response
