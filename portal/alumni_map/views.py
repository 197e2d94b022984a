"""The map, one city of it, and the data that their script draws."""

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
from portal.directory.conditions import context_for_counting, search_context
from portal.directory.filters import PeopleFilter
from portal.web.http.responses import render, see_other_url
from portal.web.i18n.selection import LOCALES

DAY = 24 * 60 * 60

blueprint = Blueprint("alumni_map", __name__)


@blueprint.get("/map")
@access(MEMBER)
def index() -> Response:
    """Show where people live, all or those of the directory's filter in the URL."""
    people_filter = filter_in_url()
    place = find_place(people_filter.place)
    if place.certain:
        return see_other_url(presenter.map_url(people_filter, **place.certain.query_args))
    context = search_context(current_actor(), people_filter)
    people_filter = people_filter if context.home else people_filter.without_home()
    markers = queries.markers(current_actor(), people_filter, context)
    values = presenter.map_context(people_filter, context, place.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=None, markers=markers, **values)


@blueprint.get("/map/cities/<int:city_id>")
@access(MEMBER)
def city(city_id: int) -> Response:
    """Show people and events of one city, by the directory's filter: a page, and the panel beside the map."""
    people_filter = replace(filter_in_url(), city_id=None)
    place = find_place(people_filter.place)
    if place.certain:
        return see_other_url(presenter.map_url(people_filter, **place.certain.query_args))
    panel = queries.city_panel(current_actor(), city_id, people_filter, request.args.get("until"))
    people_filter = people_filter if panel.context.home else people_filter.without_home()
    values = presenter.city_context(people_filter, panel, place.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=panel, markers=None, **values)


@blueprint.get("/map/data.json")
@access(MEMBER)
def data() -> Response:
    """Return the markers of the members' map, by the directory's filter."""
    people_filter = filter_in_url()
    context = context_for_counting(current_actor(), people_filter)
    return markers_json(queries.markers(current_actor(), people_filter, context))


@blueprint.get("/map/public.json")
@access(ANYONE)
def public_cells() -> Response:
    """Return the markers of the public map: cells of at least five people."""
    return markers_json(queries.public_markers())


@blueprint.get("/map/labels.json")
@access(ANYONE)
def labels() -> Response:
    """Return the names of the largest cities of one tile ``z``, ``x``, ``y``, in the language ``locale``."""
    locale = request.args.get("locale", LOCALES[0])
    towns = counts.towns(integer_argument("z"), integer_argument("x"), integer_argument("y"))
    response = json_response({"towns": [town.to_json(locale) for town in towns]})
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


def filter_in_url() -> PeopleFilter:
    """Return the filter of the query arguments; a map has no order."""
    return PeopleFilter.from_query_args(request.args).without_order()


def integer_argument(name: str) -> int:
    """Return a whole number from the query arguments; raises ``Invalid`` for anything else."""
    try:
        return int(request.args[name])
    except (BadRequestKeyError, ValueError):
        raise Invalid("bad_number", _("This link is incomplete. Go back and try again."), field=name) from None


def markers_json(markers: queries.MapMarkers) -> Response:
    """Return the answer from which a map is drawn, with the words that its script needs."""
    return json_response({"people": markers.people, "places": markers.items, "words": map_labels()})


def json_response(body: dict[str, object]) -> Response:
    """Return ``body`` as JSON, dataclasses included."""
    return Response(orjson.dumps(body), mimetype="application/json")
