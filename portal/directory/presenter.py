"""What the page of the directory says of a list: its filters as chips, its size in words, where it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from portal.cities.countries import country_label
from portal.cities.places import Place
from portal.core.db.keyset import Page
from portal.directory.conditions import Surroundings
from portal.directory.filters import DISTANCES, PeopleFilter, Sort
from portal.directory.labels import ROLE_LABELS, SORT_LABELS
from portal.directory.queries import COUNTED_MAX, Found
from portal.profiles.visibility import PersonCard
from portal.web.templating.filters import count, language

Address = Callable[..., str]
"""Where a page shows the people of a filter, which is its first argument; others are changes of the filter's own."""


def described(wanted: PeopleFilter, around: Surroundings, found: Found, likely: Sequence[Place]) -> dict[str, Any]:
    """The page's context; ``likely`` are the places that may have been meant."""
    return {
        "number": _number(found),
        **filters(wanted, around, likely, people_address),
        **continued(wanted, found.people),
        "map_href": map_address(wanted.without_order()),
        "sorts": _sorts(wanted, around),
    }


def filters(wanted: PeopleFilter, around: Surroundings, likely: Sequence[Place], address: Address) -> dict[str, Any]:
    """What ``directory/_filters.html`` and ``directory/_which_place.html`` show on any page with people of a filter."""
    return {
        "wanted": wanted,
        "action": address(PeopleFilter()),
        "chips": _chips(wanted, around, address),
        "roles": ROLE_LABELS,
        "distances": DISTANCES if around.home else (),
        "offered": [(place.label(language()), address(wanted, **place.arguments)) for place in likely],
        "without_place": address(wanted),
        "sorts": {},
    }


def continued(wanted: PeopleFilter, people: Page[PersonCard]) -> dict[str, Any]:
    """The list itself: where it is unfolded further, and where its next part alone is; nothing at its end."""
    cursor = people.next_cursor
    return {
        "wanted": wanted,
        "people": people,
        "more": people_address(wanted, until=cursor) if cursor else None,
        "part": url_for("directory.more", **wanted.address(after=cursor)) if cursor else None,
    }


def people_address(wanted: PeopleFilter, **changes: Any) -> str:
    """Where the directory lists them."""
    return url_for("directory.index", **wanted.address(**changes))


def map_address(wanted: PeopleFilter, **changes: Any) -> str:
    """Where the map shows the same people: their city is opened there."""
    arguments = wanted.address(**changes)
    city_id = arguments.pop("city", None)
    return (
        url_for("alumni_map.city", city_id=city_id, **arguments)
        if city_id
        else url_for("alumni_map.index", **arguments)
    )


def _number(found: Found) -> str:
    if found.is_beyond_counting:
        return _("%(count)s+ people", count=count(COUNTED_MAX))
    return ngettext("%(count)s person", "%(count)s people", found.total, count=count(found.total))


def _sorts(wanted: PeopleFilter, around: Surroundings) -> dict[str, LazyString]:
    """The orders that there can be, with their words."""
    possible: dict[str, bool] = {Sort.MATCH: bool(wanted.search), Sort.NEAREST: around.home is not None}
    return {sort: words for sort, words in SORT_LABELS.items() if possible.get(sort, True)}


def _chips(wanted: PeopleFilter, around: Surroundings, address: Address) -> list[tuple[str, str]]:
    """The filters in use, each with the address without it."""
    shown: dict[tuple[str, ...], str | None] = {
        ("from", "to"): _years(wanted),
        ("city",): _city(wanted, around),
        ("country",): country_label(wanted.country, language()) if wanted.country else None,
        ("role",): str(ROLE_LABELS[wanted.role]) if wanted.role else None,
        ("near",): _("Within %(distance)s km", distance=count(wanted.near)) if wanted.near else None,
    }
    return [(label, address(wanted, **dict.fromkeys(names))) for names, label in shown.items() if label]


def _city(wanted: PeopleFilter, around: Surroundings) -> str | None:
    if not wanted.city_id:
        return None
    return around.city.label(language()) if around.city else _("Unknown city")


def _years(wanted: PeopleFilter) -> str | None:
    first, last = wanted.year_from, wanted.year_to
    if first and last:
        years = str(first) if first == last else f"{first}\N{EN DASH}{last}"
        return _("Class of %(year)s", year=years)
    if first:
        return _("Class of %(year)s and later", year=str(first))
    return _("Class of %(year)s and earlier", year=str(last)) if last else None
