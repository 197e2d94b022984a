"""Pages of the map and of one city on it, and the JSON that their script reads."""

from __future__ import annotations

from dataclasses import replace

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequestKeyError

from portal.alumni_map import counts, presenter, queries
from portal.alumni_map.phrases import map_labels
from portal.cities.place_search import find_place
from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.errors import Invalid
from portal.directory.conditions import context_for_counting, possible_filter, search_context
from portal.directory.filters import PeopleFilter
from portal.web.http.responses import go_to, render
from portal.web.i18n.selection import LOCALES

DAY = 24 * 60 * 60

blueprint = Blueprint("alumni_map", __name__)


@blueprint.get("/map")
@access(MEMBER)
def index() -> Response:
    """Show the map of where people live, all of them or those of the directory's filter in the URL.

    If the typed text of a place has one certain meaning, redirect to the URL with that city or country instead.
    """
    people_filter = filter_in_url()
    place = find_place(people_filter.place)
    if place.certain:
        return go_to(presenter.map_url(people_filter, **place.certain.query_args))
    context = search_context(current_actor(), people_filter)
    people_filter = possible_filter(people_filter, context)
    markers = queries.markers(current_actor(), people_filter, context)
    values = presenter.map_context(people_filter, context, place.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=None, markers=markers, **values)


@blueprint.get("/map/cities/<int:city_id>")
@access(MEMBER)
def city(city_id: int) -> Response:
    """Show the people of the filter and the next events in one city, as a page or as the panel beside the map.

    404 for an unknown city. If the typed text of a place has one certain meaning, redirect to the map of that place.
    """
    people_filter = replace(filter_in_url(), city_id=None)
    place = find_place(people_filter.place)
    if place.certain:
        return go_to(presenter.map_url(people_filter, **place.certain.query_args))
    panel = queries.city_panel(current_actor(), city_id, people_filter, request.args.get("until"))
    people_filter = possible_filter(people_filter, panel.context)
    values = presenter.city_context(people_filter, panel, place.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=panel, markers=None, **values)


@blueprint.get("/map/data.json")
@access(MEMBER)
def data() -> Response:
    """Return the markers of the members' map for the directory's filter in the URL, as JSON."""
    people_filter = filter_in_url()
    context = context_for_counting(current_actor(), people_filter)
    return markers_json(queries.markers(current_actor(), people_filter, context))


@blueprint.get("/map/public.json")
@access(ANYONE)
def public_cells() -> Response:
    """Return the markers of the public map, whose numbers are rounded and published once a day, as JSON."""
    return markers_json(queries.public_markers())


@blueprint.get("/map/labels.json")
@access(ANYONE)
def labels() -> Response:
    """Return the names of the largest cities in one tile of the map, as JSON that may be cached for a day.

    The query arguments are ``z``, ``x`` and ``y`` of the tile, and ``locale``. 422 if one of the numbers is missing or
    there is no such tile.
    """
    locale = request.args.get("locale", LOCALES[0])
    towns = counts.towns(integer_argument("z"), integer_argument("x"), integer_argument("y"))
    response = json_response({"towns": [town.to_json(locale) for town in towns]})
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


def filter_in_url() -> PeopleFilter:
    """Return the people filter in the request's query arguments, without an order, which a map does not have."""
    return PeopleFilter.from_query_args(request.args).without_order()


def integer_argument(name: str) -> int:
    """Return the whole number in a query argument of the request; raise ``Invalid`` if there is none."""
    try:
        return int(request.args[name])
    except (BadRequestKeyError, ValueError):
        raise Invalid("bad_number", _("This link is incomplete. Go back and try again."), field=name) from None


def markers_json(markers: queries.MapMarkers) -> Response:
    """Return a JSON response with the number of people, the markers, and the phrases that the map's script needs."""
    return json_response({"people": markers.people, "places": markers.items, "words": map_labels()})


def json_response(body: dict[str, object]) -> Response:
    """Return a response with ``body`` as JSON; dataclasses in it become objects."""
    return Response(orjson.dumps(body), mimetype="application/json")
