"""What the page of the directory says of a list: its filters as chips, its size in words, where it goes on."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from portal.core.paging import Page
from portal.profiles.countries import country_label
from portal.profiles.directory import COUNTED_MAX, Found, Surroundings
from portal.profiles.filters import DISTANCES, PeopleFilter, Sort
from portal.profiles.visibility import PersonCard
from portal.profiles.wording import ROLE_WORDS, SORT_WORDS
from portal.web.filters import count, language
from portal.web.render import is_swapped


def described(wanted: PeopleFilter, around: Surroundings, found: Found) -> dict[str, Any]:
    """The page's context."""
    return {
        "number": _number(found),
        "chips": _chips(wanted, around),
        **continued(wanted, found.people),
        "map_href": _map_address(wanted),
        "sorts": _sorts(wanted, around),
        "roles": ROLE_WORDS,
        "distances": DISTANCES if around.home else (),
        "is_open": is_swapped(),
    }


def continued(wanted: PeopleFilter, people: Page[PersonCard]) -> dict[str, Any]:
    """The list itself: where it is unfolded further, and where its next part alone is; nothing at its end."""
    cursor = people.next_cursor
    return {
        "wanted": wanted,
        "people": people,
        "more": _address(wanted, until=cursor) if cursor else None,
        "part": url_for("profiles.more", **wanted.address(after=cursor)) if cursor else None,
    }


def _address(wanted: PeopleFilter, **changes: Any) -> str:
    return url_for("profiles.index", **wanted.address(**changes))


def _number(found: Found) -> str:
    if found.is_beyond_counting:
        return _("%(count)s+ people", count=count(COUNTED_MAX))
    return ngettext("%(count)s person", "%(count)s people", found.total, count=count(found.total))


def _sorts(wanted: PeopleFilter, around: Surroundings) -> dict[str, LazyString]:
    """The orders that there can be, with their words."""
    possible: dict[str, bool] = {Sort.MATCH: bool(wanted.search), Sort.NEAREST: around.home is not None}
    return {sort: words for sort, words in SORT_WORDS.items() if possible.get(sort, True)}


def _chips(wanted: PeopleFilter, around: Surroundings) -> list[tuple[str, str]]:
    """The filters in use, each with the address without it."""
    shown: dict[tuple[str, ...], str | None] = {
        ("from", "to"): _years(wanted),
        ("city",): _city(wanted, around),
        ("country",): country_label(wanted.country, language()) if wanted.country else None,
        ("role",): str(ROLE_WORDS[wanted.role]) if wanted.role else None,
        ("near",): _("Within %(distance)s km", distance=count(wanted.near)) if wanted.near else None,
    }
    return [(label, _address(wanted, **dict.fromkeys(names))) for names, label in shown.items() if label]


def _city(wanted: PeopleFilter, around: Surroundings) -> str | None:
    if around.city is None:
        return _("Unknown city") if wanted.city_id else None
    return around.city.label(language())


def _years(wanted: PeopleFilter) -> str | None:
    first, last = wanted.year_from, wanted.year_to
    if first and last:
        years = str(first) if first == last else f"{first}\N{EN DASH}{last}"
        return _("Class of %(year)s", year=years)
    if first:
        return _("Class of %(year)s and later", year=str(first))
    return _("Class of %(year)s and earlier", year=str(last)) if last else None


def _map_address(wanted: PeopleFilter) -> str | None:
    """Where the map shows the same people: it knows everybody and each city, but no other filter."""
    if wanted.city_id and set(wanted.address(sort=None)) == {"city"}:
        return url_for("home.city", city_id=wanted.city_id)
    return None if wanted.is_narrowed else url_for("home.map")
