"""A page of the sample feature, which declares no access of its own."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("sample", __name__)


@blueprint.get("/")
def index() -> Response:
    """Show a sentence."""
    return Response("<!doctype html><html lang=en><title>Sample</title><h1>Sample</h1>")
