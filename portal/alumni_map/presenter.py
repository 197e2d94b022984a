"""Template variables of the map: its filters, and the URLs of the same people elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import url_for

from portal.alumni_map.queries import CityPanel
from portal.cities.place_search import PlaceMatch
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.directory.presenter import filter_context, people_url


def map_url(people_filter: PeopleFilter, **changes: Any) -> str:
    """Return the URL of the map for a filter, or that of a city's panel if the filter has a city.

    ``changes`` replace query arguments of the filter, ``None`` removes one.
    """
    return url_of_people(**people_filter.to_query_args(**changes))


def url_of_people(city: int | None = None, **query_args: Any) -> str:
    """Return the URL of the map for query arguments of a people filter; with ``city``, the URL of that city's panel."""
    if city:
        return url_for("alumni_map.city", city_id=city, **query_args)
    return url_for("alumni_map.index", **query_args)


def map_context(people_filter: PeopleFilter, context: SearchContext, likely: Sequence[PlaceMatch]) -> dict[str, Any]:
    """Return the template variables of the map page; ``likely`` are the places that the typed text may mean."""
    return {
        **filter_context(people_filter, context, likely, map_url),
        "source": url_for("alumni_map.data", **people_filter.to_query_args()),
        "list_href": people_url(people_filter),
    }


def city_context(people_filter: PeopleFilter, panel: CityPanel, likely: Sequence[PlaceMatch]) -> dict[str, Any]:
    """Return the template variables of the page of one city; ``likely`` are the places that the typed text may mean.

    ``people_filter`` has no ``city_id`` of its own, because the path of the page's URL names the city.
    """
    url_of, cursor = partial(map_url, city=panel.city.id), panel.people.next_cursor
    return {
        **filter_context(people_filter, panel.context, likely, url_of),
        "source": url_for("alumni_map.data", **people_filter.to_query_args()),
        "list_href": people_url(people_filter, city=panel.city.id),
        "city_href": url_of(people_filter),
        "map_href": map_url(people_filter),
        "more": url_of(people_filter, until=cursor) if cursor else None,
    }
