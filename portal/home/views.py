"""The landing page, the home page, the map and its data."""

from __future__ import annotations

from dataclasses import replace

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequestKeyError

from portal.alumni_map import counts as people_map
from portal.alumni_map import presenter
from portal.alumni_map.phrases import map_words
from portal.cities import places
from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.errors import Invalid
from portal.directory import conditions
from portal.directory.filters import PeopleFilter
from portal.directory.presenter import map_address
from portal.home import queries
from portal.web.http.responses import redirected, render, see_other
from portal.web.i18n.selection import LOCALES

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
    """Where everybody is, or everybody whom the directory's filter in the address describes."""
    wanted = asked_for()
    meaning = places.meant_by(wanted.place)
    if meaning.certain:
        return redirected(map_address(wanted, **meaning.certain.arguments))
    around = conditions.surroundings(current_actor(), wanted)
    wanted = wanted if around.home else wanted.without_home()
    found = queries.places(current_actor(), wanted, around)
    context = presenter.on_map(wanted, around, meaning.likely)
    return render("home/map.html", fragment="home/_panel.html", panel=None, places=found, **context)


@blueprint.get("/map/cities/<int:city_id>")
@access(MEMBER)
def city(city_id: int) -> Response:
    """Who and what is in one city, by the same filter: a page, and the panel beside the map."""
    wanted = replace(asked_for(), city_id=None)
    meaning = places.meant_by(wanted.place)
    if meaning.certain:
        return redirected(map_address(wanted, **meaning.certain.arguments))
    panel = queries.city_panel(current_actor(), city_id, wanted, request.args.get("until"))
    wanted = wanted if panel.around.home else wanted.without_home()
    context = presenter.in_city(wanted, panel, meaning.likely)
    return render("home/map.html", fragment="home/_panel.html", panel=panel, places=None, **context)


@blueprint.get("/map/data.json")
@access(MEMBER)
def map_data() -> Response:
    """The bubbles of the members' map, by the same filter."""
    wanted = asked_for()
    around = conditions.surroundings_to_count(current_actor(), wanted)
    return places_json(queries.places(current_actor(), wanted, around))


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


def asked_for() -> PeopleFilter:
    """The filter in the address; a map has no order."""
    return PeopleFilter.of(request.args).without_order()


def number(name: str) -> int:
    """A whole number from the address."""
    try:
        return int(request.args[name])
    except (BadRequestKeyError, ValueError):
        raise Invalid("bad_number", _("This link is incomplete. Go back and try again."), field=name) from None


def places_json(found: queries.Places) -> Response:
    return json_answer({"people": found.people, "places": found.items, "words": map_words()})


def json_answer(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
