"""The landing page, the home page, the map and its data."""

from __future__ import annotations

from dataclasses import asdict

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequestKeyError

from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.errors import Invalid
from portal.home import queries
from portal.home.wording import map_words
from portal.profiles import map as people_map
from portal.web.locale import LOCALES
from portal.web.render import render, see_other

DAY = 24 * 60 * 60

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(ANYONE)
def landing() -> Response:
    """What this is and who is there; members go to their home page."""
    if current_actor().is_authenticated:
        return see_other("home.index")
    return render("home/landing.html", welcome=queries.welcome())


@blueprint.get("/home")
@access(MEMBER)
def index() -> Response:
    """What is next for me."""
    return render("home/index.html", next=queries.next_for(current_actor()))


@blueprint.get("/map", endpoint="map")
@access(MEMBER)
def show_map() -> Response:
    """Where everybody is."""
    places = queries.places(current_actor())
    return render("home/map.html", fragment="home/_panel.html", panel=None, places=places)


@blueprint.get("/map/cities/<int:city_id>")
@access(MEMBER)
def city(city_id: int) -> Response:
    """Who and what is in one city: a page, and the panel beside the map."""
    panel = queries.city_panel(current_actor(), city_id, request.args.get("until"))
    return render("home/map.html", fragment="home/_panel.html", panel=panel, places=None)


@blueprint.get("/map/data.json")
@access(MEMBER)
def map_data() -> Response:
    """The bubbles of the members' map."""
    return places_json(queries.places(current_actor()))


@blueprint.get("/map/public.json")
@access(ANYONE)
def public_cells() -> Response:
    """The bubbles of the public map: five people and more each."""
    return places_json(queries.public_places())


@blueprint.get("/map/labels.json")
@access(ANYONE)
def labels() -> Response:
    """Names of the biggest towns of one tile ``z``, ``x``, ``y`` of the world, in the language ``locale``."""
    locale = request.args.get("locale", LOCALES[0])
    towns = people_map.towns(number("z"), number("x"), number("y"))
    answer = json_answer({"towns": [town.described(locale) for town in towns]})
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer


def number(name: str) -> int:
    """A whole number from the address."""
    try:
        return int(request.args[name])
    except (BadRequestKeyError, ValueError):
        raise Invalid("bad_number", _("This address is not complete."), field=name) from None


def places_json(places: queries.Places) -> Response:
    body = {"people": places.people, "places": [asdict(place) for place in places.items], "words": map_words()}
    return json_answer(body)


def json_answer(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
