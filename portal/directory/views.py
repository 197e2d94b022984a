"""The page that lists people, and its next parts."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.cities import places
from portal.core.access import MEMBER, access, current_actor
from portal.directory import conditions, presenter, queries
from portal.directory.filters import PeopleFilter
from portal.web.http.responses import render, see_other

blueprint = Blueprint("directory", __name__)


@blueprint.get("/people")
@access(MEMBER)
def index() -> Response:
    """Show the people whom the filter in the URL describes; a typed place is replaced by the one that it names."""
    wanted = PeopleFilter.of(request.args)
    meaning = places.meant_by(wanted.place)
    if meaning.certain:
        return see_other("directory.index", **wanted.address(**meaning.certain.arguments))
    around = conditions.surroundings(current_actor(), wanted)
    wanted = wanted if around.home else wanted.without_home()
    found = queries.people_until(current_actor(), wanted, around, until=request.args.get("until"))
    context = presenter.described(wanted, around, found, meaning.likely)
    return render("directory/index.html", fragment="directory/_listing.html", **context)


@blueprint.get("/people/more")
@access(MEMBER)
def more() -> Response:
    """Show the next part of that list, for a page that already shows what comes before."""
    wanted = PeopleFilter.of(request.args)
    around = conditions.surroundings(current_actor(), wanted)
    wanted = wanted if around.home else wanted.without_home()
    found = queries.people_after(current_actor(), wanted, around, cursor=request.args.get("after"))
    return render("directory/_people.html", **presenter.continued(wanted, found))
