"""Template variables for people of a filter: chips, the length of the list, URLs of further parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from portal.cities.countries import country_label
from portal.cities.extension_points import MAP_URL
from portal.cities.place_search import PlaceMatch
from portal.core.db.keyset import Page
from portal.directory.conditions import SearchContext
from portal.directory.filters import DISTANCES, PeopleFilter, Sort
from portal.directory.labels import ROLE_LABELS, SORT_LABELS
from portal.directory.queries import COUNTED_MAX, CountedPeople
from portal.profiles.visibility import PersonCard
from portal.web.list_filters import Chip, chips_of
from portal.web.templating.filters import count, language

UrlBuilder = Callable[..., str]
"""Returns the URL of a page for a ``PeopleFilter``; keyword arguments replace query arguments, ``None`` removes one."""


def page_context(
    people_filter: PeopleFilter, context: SearchContext, counted: CountedPeople, likely: Sequence[PlaceMatch]
) -> dict[str, Any]:
    """Return the template variables of the directory's page.

    ``likely`` are the places that the typed text may mean, offered for choice.
    """
    return {
        "number": _number(counted),
        **filter_context(people_filter, context, likely, people_url),
        **list_context(people_filter, counted.people),
        "map_href": map_url(people_filter.without_order()),
        "nearest": counted.nearest,
        "nearest_sentence": _("Nobody here is called “%(name)s”.", name=people_filter.search),
        "sorts": _sorts(people_filter, context),
    }


def filter_context(
    people_filter: PeopleFilter, context: SearchContext, likely: Sequence[PlaceMatch], url_of: UrlBuilder
) -> dict[str, Any]:
    """Return the variables of the templates ``directory/_filters.html`` and ``directory/_which_place.html``.

    ``likely`` are the places that the typed text may mean; ``url_of`` builds the URLs of the page that shows the
    filter.
    """
    return {
        "people_filter": people_filter,
        "action": url_of(PeopleFilter()),
        "chips": _chips(people_filter, context, url_of),
        "roles": ROLE_LABELS,
        "distances": DISTANCES if context.home else (),
        "place_options": [(place.label(language()), url_of(people_filter, **place.query_args)) for place in likely],
        "without_place": url_of(people_filter),
        "sorts": {},
    }


def list_context(people_filter: PeopleFilter, people: Page[PersonCard]) -> dict[str, Any]:
    """Return the variables of the template ``directory/_people.html``.

    ``more`` is the URL of the list with its next part, ``part`` the URL of that part alone; both are ``None`` at the
    end.
    """
    cursor = people.next_cursor
    return {
        "people_filter": people_filter,
        "people": people,
        "more": people_url(people_filter, until=cursor) if cursor else None,
        "part": url_for("directory.more", **people_filter.to_query_args(after=cursor)) if cursor else None,
    }


def people_url(people_filter: PeopleFilter, **changes: Any) -> str:
    """Return the URL of the directory for a filter; ``changes`` replace query arguments, ``None`` removes one."""
    return url_for("directory.index", **people_filter.to_query_args(**changes))


def map_url(people_filter: PeopleFilter, **changes: Any) -> str | None:
    """Return the URL of the map for a filter, or ``None`` in a portal without a map.

    ``changes`` replace query arguments of the filter, ``None`` removes one.
    """
    return MAP_URL.implementation(**people_filter.to_query_args(**changes))


def _number(counted: CountedPeople) -> str:
    if counted.is_beyond_counting:
        return _("%(count)s+ people", count=count(COUNTED_MAX))
    return ngettext("%(count)s person", "%(count)s people", counted.total, count=count(counted.total))


def _sorts(people_filter: PeopleFilter, context: SearchContext) -> dict[str, LazyString]:
    """Return the orders that are possible for a filter and viewer, with their labels."""
    possible: dict[str, bool] = {Sort.MATCH: bool(people_filter.search), Sort.NEAREST: context.home is not None}
    return {sort: label for sort, label in SORT_LABELS.items() if possible.get(sort, True)}


def _chips(people_filter: PeopleFilter, context: SearchContext, url_of: UrlBuilder) -> list[Chip]:
    near, country, role = people_filter.near, people_filter.country, people_filter.role
    labels: dict[str | tuple[str, ...], str | None] = {
        ("from", "to"): _years(people_filter),
        "city": _city(people_filter, context),
        "country": country_label(country, language()) if country else None,
        "role": str(ROLE_LABELS[role]) if role else None,
        "near": _("Within %(distance)s km", distance=count(near)) if near else None,
    }
    return chips_of(people_filter, labels, url_of)


def _city(people_filter: PeopleFilter, context: SearchContext) -> str | None:
    if not people_filter.city_id:
        return None
    return context.city.label(language()) if context.city else _("Unknown city")


def _years(people_filter: PeopleFilter) -> str | None:
    first, last = people_filter.year_from, people_filter.year_to
    if first and last:
        years = str(first) if first == last else f"{first}\N{EN DASH}{last}"
        return _("Class of %(year)s", year=years)
    if first:
        return _("Class of %(year)s and later", year=str(first))
    return _("Class of %(year)s and earlier", year=str(last)) if last else None
