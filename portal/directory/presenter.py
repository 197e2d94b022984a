"""Template variables for people of a filter: chips, the length of the list, URLs of further parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from portal.cities.countries import country_label
from portal.cities.extension_points import MAP_URL
from portal.cities.place_search import PlaceMatch
from portal.core.db.keyset import Page
from portal.directory.conditions import SearchContext
from portal.directory.filters import DISTANCES, Group, PeopleFilter, Sort
from portal.directory.labels import MENU_LABELS, ROLE_LABELS, SORT_LABELS
from portal.directory.queries import COUNTED_MAX, EVERYBODY_MAX, CountedPeople
from portal.profiles.visibility import PersonCard
from portal.web.i18n.selection import language
from portal.web.list_filters import Chip
from portal.web.templating.filters import count

UrlBuilder = Callable[..., str]
"""Returns the URL of a page for a ``PeopleFilter``; keyword arguments replace query arguments, ``None`` removes one."""


class Tab(NamedTuple):
    """A group of people as a tab: its name, the number of people in it, its URL, and whether it is shown."""

    label: str
    number: str
    url: str
    is_current: bool


class FilterMenu(NamedTuple):
    """A criterion that can be set: its name, its label, and the chip that shows and removes its value, if it has one.

    The template ``components/people_filters.html`` has a panel for each name.
    """

    name: str
    label: str
    chip: Chip | None


def page_context(
    people_filter: PeopleFilter,
    context: SearchContext,
    counted: CountedPeople,
    groups: dict[Group | None, int],
    likely: Sequence[PlaceMatch],
) -> dict[str, Any]:
    """Return the template variables of the directory's page.

    ``groups`` holds the number of people in each group that the viewer has; ``likely`` are the places that the typed
    text may mean, offered for choice.
    """
    of_group = groups[people_filter.group]
    return {
        "number": _number(counted.total, COUNTED_MAX)
        if people_filter.is_narrowed
        else _number(of_group, EVERYBODY_MAX),
        "number_of_group": _number_of(of_group, EVERYBODY_MAX) if people_filter.is_narrowed else "",
        "left_out": left_out(people_filter),
        **filter_context(people_filter, context, likely, people_url, shows_group=False),
        **list_context(people_filter, counted.people),
        "tabs": _tabs(people_filter, context, groups),
        "map_href": map_url(people_filter.without_order()),
        "nearest": counted.nearest,
        "nearest_sentence": _("Nobody here is called “%(name)s”.", name=people_filter.search),
        "everyone_href": people_url(people_filter, group=None) if people_filter.group else None,
        "sorts": _sorts(people_filter, context),
    }


def filter_context(
    people_filter: PeopleFilter,
    context: SearchContext,
    likely: Sequence[PlaceMatch],
    url_of: UrlBuilder,
    *,
    shows_group: bool = True,
) -> dict[str, Any]:
    """Return the variables of the templates ``components/people_filters.html`` and ``directory/_which_place.html``.

    ``likely`` are the places that the typed text may mean; ``url_of`` builds the URLs of the page that shows the
    filter. ``shows_group``: the group has a chip, because the page has no tabs for it.
    """
    group = people_filter.group
    chips = chips_of_people(people_filter, context, url_of)
    menus = [FilterMenu(name, str(label), chips.get(name)) for name, label in MENU_LABELS.items()]
    return {
        "people_filter": people_filter,
        "action": url_of(PeopleFilter()),
        "menus": [menu for menu in menus if menu.name != "near" or context.home],
        "group_chip": Chip(_group_label(group, context), url_of(people_filter, group=None))
        if group and shows_group
        else None,
        "clear_href": url_of(PeopleFilter(group=group)) if people_filter.is_narrowed else None,
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


def left_out(people_filter: PeopleFilter) -> str:
    """Return the sentence about whom a filter leaves out because they hide what it asks for; empty if nobody."""
    group, by_distance = people_filter.group, people_filter.near or people_filter.sort is Sort.NEAREST
    asked = {
        _("city"): people_filter.city_id or people_filter.country or by_distance or group is Group.CITY,
        _("graduation year"): people_filter.year_from or people_filter.year_to or group is Group.YEAR,
        _("programme"): people_filter.programme,
        _("work"): people_filter.work,
    }
    fields = [name for name, is_asked in asked.items() if is_asked]
    if not fields:
        return ""
    return _("People who keep this private from you are not listed: %(fields)s.", fields=", ".join(fields))


def _tabs(people_filter: PeopleFilter, context: SearchContext, groups: dict[Group | None, int]) -> list[Tab]:
    return [
        Tab(
            _group_label(group, context),
            _number_of(number, EVERYBODY_MAX),
            people_url(PeopleFilter(group=group)),
            group is people_filter.group,
        )
        for group, number in groups.items()
    ]


def _group_label(group: Group | None, context: SearchContext) -> str:
    """Return the label of a group for a viewer with this search context; that of everybody for ``None``."""
    if group is Group.YEAR:
        return _("Your year %(year)s", year=str(context.year))
    if group is Group.CITY:
        return context.home.full_label(language()).partition(",")[0] if context.home else _("Your city")
    return _("Following") if group is Group.FOLLOWING else _("Everyone")


def _number(number: int, most: int) -> str:
    if number > most:
        return _("%(count)s+ people", count=count(most))
    return ngettext("%(count)s person", "%(count)s people", number, count=count(number))


def _number_of(number: int, most: int) -> str:
    return count(number) if number <= most else _("%(count)s+", count=count(most))


def _sorts(people_filter: PeopleFilter, context: SearchContext) -> dict[str, LazyString]:
    """Return the orders that are possible for a filter and viewer, with their labels."""
    possible: dict[str, bool] = {Sort.MATCH: bool(people_filter.search), Sort.NEAREST: context.home is not None}
    return {sort: label for sort, label in SORT_LABELS.items() if possible.get(sort, True)}


def chips_of_people(people_filter: PeopleFilter, context: SearchContext, url_of: UrlBuilder) -> dict[str, Chip]:
    """Return the chip of each criterion in use, keyed as ``MENU_LABELS``; its URL is that of the list without it."""
    near, country, role = people_filter.near, people_filter.country, people_filter.role
    work, programme = people_filter.work, people_filter.programme
    place = _city(people_filter, context) or (country_label(country, language()) if country else None)
    values: dict[str, tuple[tuple[str, ...], str | None]] = {
        "place": (("city",) if people_filter.city_id else ("country",), place),
        "years": (("from", "to"), _years(people_filter)),
        "programme": (("programme",), _("Programme: %(programme)s", programme=programme) if programme else None),
        "work": (("work",), _("Work: %(work)s", work=work) if work else None),
        "role": (("role",), str(ROLE_LABELS[role]) if role else None),
        "near": (("near",), _("Within %(distance)s km", distance=count(near)) if near else None),
    }
    return {
        name: Chip(label, url_of(people_filter, **dict.fromkeys(arguments)))
        for name, (arguments, label) in values.items()
        if label
    }


def _city(people_filter: PeopleFilter, context: SearchContext) -> str | None:
    if not people_filter.city_id:
        return None
    return context.city.full_label(language()) if context.city else _("Unknown city")


def _years(people_filter: PeopleFilter) -> str | None:
    first, last = people_filter.year_from, people_filter.year_to
    if first and last:
        years = str(first) if first == last else f"{first}\N{EN DASH}{last}"
        return _("Class of %(year)s", year=years)
    if first:
        return _("Class of %(year)s and later", year=str(first))
    return _("Class of %(year)s and earlier", year=str(last)) if last else None
