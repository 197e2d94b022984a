"""The landing page and the home page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from portal.cities.extension_points import MAP_URL
from portal.core.access import ANYONE, SIGNED_IN, access, current_actor
from portal.home import queries
from portal.profiles.labels import AUDIENCE_LABELS
from portal.web.http.responses import render, see_other

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(ANYONE)
def landing() -> Response:
    """Show visitors what the portal is and how many people and events it has; redirect members to their home page.

    Whoever waits for the office sees it too, for the public map.
    """
    actor = current_actor()
    if actor.is_authenticated and not actor.is_waiting:
        return see_other("home.index")
    return render("home/landing.html", landing=queries.landing_page())


@blueprint.get("/home")
@access(SIGNED_IN)
def index() -> Response:
    """Show the home page of the caller: their next events, other events, newcomers, and the map.

    Whoever waits for the office is redirected to the page that says what happens next.
    """
    if current_actor().is_waiting:
        return see_other("waiting.index")
    context: dict[str, Any] = {"audiences": AUDIENCE_LABELS, "map_url": MAP_URL.implementation}
    return render("home/index.html", home=queries.home_page(current_actor()), **context)
