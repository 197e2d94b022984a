"""Whose sign-in it is now: a page asks when the browser shows it again from its history."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.core.access import ANYONE, access, current_actor

blueprint = Blueprint("session_check", __name__)


@blueprint.get("/owner")
@access(ANYONE)
def owner() -> Response:
    """Return the id of the account that is signed in as plain text, which nothing keeps; empty for a visitor."""
    actor = current_actor()
    text = str(actor.id) if actor.is_authenticated else ""
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-store"})
