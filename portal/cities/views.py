"""The fragment of a form's page in which a city is chosen."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.cities.picker import city_choices
from portal.core.access import SIGNED_IN, access
from portal.web.http.responses import render

blueprint = Blueprint("cities", __name__)


@blueprint.get("/settings/profile/cities")
@access(SIGNED_IN)
def choices() -> Response:
    """Show the fragment with the cities to choose from while a name is being typed.

    Without a name it offers the saved city with which the form opened.
    """
    typed = request.args.get("city_query", "")
    saved_id = request.args.get("city_saved", type=int)
    chosen_id = request.args.get("city_id", type=int) if typed.strip() else saved_id
    return render("cities/_choices.html", picker=city_choices(typed, chosen_id, saved_id=saved_id))
