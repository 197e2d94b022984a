"""The map, one city of it, and the data that their script draws."""

from __future__ import annotations

from dataclasses import replace

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequestKeyError

from portal.alumni_map import counts, presenter, queries
from portal.alumni_map.phrases import map_words
from portal.cities import places
from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.filters import PeopleFilter
from portal.directory.presenter import map_address
from portal.web.http.responses import redirected, render
from portal.web.i18n.selection import LOCALES

DAY = 24 * 60 * 60

blueprint = Blueprint("alumni_map", __name__)


@blueprint.get("/map")
@access(MEMBER)
def index() -> Response:
    """Show where everybody lives, or everybody whom the directory's filter in the URL describes."""
    wanted = filter_in_url()
    meaning = places.meant_by(wanted.place)
    if meaning.certain:
        return redirected(map_address(wanted, **meaning.certain.arguments))
    around = conditions.surroundings(current_actor(), wanted)
    wanted = wanted if around.home else wanted.without_home()
    found = queries.places(current_actor(), wanted, around)
    context = presenter.on_map(wanted, around, meaning.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=None, places=found, **context)


@blueprint.get("/map/cities/<int:city_id>")
@access(MEMBER)
def city(city_id: int) -> Response:
    """Show who and what is in one city, by the directory's filter: a page, and the panel beside the map."""
    wanted = replace(filter_in_url(), city_id=None)
    meaning = places.meant_by(wanted.place)
    if meaning.certain:
        return redirected(map_address(wanted, **meaning.certain.arguments))
    panel = queries.city_panel(current_actor(), city_id, wanted, request.args.get("until"))
    wanted = wanted if panel.around.home else wanted.without_home()
    context = presenter.in_city(wanted, panel, meaning.likely)
    return render("alumni_map/index.html", fragment="alumni_map/_panel.html", panel=panel, places=None, **context)


@blueprint.get("/map/data.json")
@access(MEMBER)
def data() -> Response:
    """Answer the bubbles of the members' map, by the directory's filter."""
    wanted = filter_in_url()
    around = conditions.surroundings_to_count(current_actor(), wanted)
    return places_json(queries.places(current_actor(), wanted, around))


@blueprint.get("/map/public.json")
@access(ANYONE)
def public_cells() -> Response:
    """Answer the bubbles of the public map: five people and more each."""
    return places_json(queries.public_places())


@blueprint.get("/map/labels.json")
@access(ANYONE)
def labels() -> Response:
    """Answer the names of the biggest towns of one tile ``z``, ``x``, ``y``, in the language ``locale``."""
    locale = request.args.get("locale", LOCALES[0])
    towns = counts.towns(integer_argument("z"), integer_argument("x"), integer_argument("y"))
    response = json_response({"towns": [town.described(locale) for town in towns]})
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


def filter_in_url() -> PeopleFilter:
    """Return the filter of the query arguments; a map has no order."""
    return PeopleFilter.of(request.args).without_order()


def integer_argument(name: str) -> int:
    """Return a whole number from the query arguments; raises ``Invalid`` for anything else."""
    try:
        return int(request.args[name])
    except (BadRequestKeyError, ValueError):
        raise Invalid("bad_number", _("This link is incomplete. Go back and try again."), field=name) from None


def places_json(found: queries.Places) -> Response:
    """Return the answer from which a map is drawn, with the words that its script needs."""
    return json_response({"people": found.people, "places": found.items, "words": map_words()})


def json_response(body: dict[str, object]) -> Response:
    """Return ``body`` as JSON, dataclasses included."""
    return Response(orjson.dumps(body), mimetype="application/json")
