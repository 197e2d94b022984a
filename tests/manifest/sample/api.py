"""A JSON endpoint of the sample feature."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("sample_api", __name__)


@blueprint.post("/sample")
def answer() -> Response:
    """Answer with an empty object."""
    return Response("{}", mimetype="application/json")
