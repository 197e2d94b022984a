"""The page that lists people, and the fragments with further people."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.cities.place_search import find_place
from portal.core.access import MEMBER, access, current_actor
from portal.directory import presenter, queries
from portal.directory.conditions import possible_filter, search_context
from portal.directory.filters import PeopleFilter
from portal.web.http.responses import render, see_other

blueprint = Blueprint("directory", __name__)


@blueprint.get("/people")
@access(MEMBER)
def index() -> Response:
    """Show the list of people for the filter in the URL, up to one page beyond the cursor ``until``.

    If the typed text of a place has one certain meaning, redirect to the URL with that city or country instead.
    """
    people_filter = PeopleFilter.from_query_args(request.args)
    place = find_place(people_filter.place)
    if place.certain:
        return see_other("directory.index", **people_filter.to_query_args(**place.certain.query_args))
    context, groups = queries.context_and_groups(current_actor(), people_filter)
    people_filter = possible_filter(people_filter, context)
    counted = queries.people_until(current_actor(), people_filter, context, until=request.args.get("until"))
    values = presenter.page_context(people_filter, context, counted, groups, place.likely)
    return render("directory/index.html", fragment="directory/_listing.html", **values)


@blueprint.get("/people/more")
@access(MEMBER)
def more() -> Response:
    """Return the HTML fragment with the people after the cursor ``after``, to append to the list of people."""
    people_filter = PeopleFilter.from_query_args(request.args)
    context = search_context(current_actor(), people_filter)
    people_filter = possible_filter(people_filter, context)
    people = queries.people_after(current_actor(), people_filter, context, cursor=request.args.get("after"))
    return render("directory/_people.html", **presenter.list_context(people_filter, people))
