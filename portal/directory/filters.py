"""The criteria by which people are listed, counted and put on the map, as query arguments of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from portal.accounts.models import FIRST_GRADUATION_YEAR, Role
from portal.cities.countries import is_country_code
from portal.cities.models import CITY_NAME_MAX
from portal.cities.queries import ID_MAX
from portal.core.text import one_line
from portal.directory.name_search import SEARCH_MAX
from portal.profiles.models import PROGRAMME_MAX, WORK_MAX
from portal.web.list_filters import ListFilter, parse_positive_number

LAST_YEAR = 2100
DISTANCES = (25, 100, 300, 1000)
"""The choices for the largest distance of people who are near, in kilometres."""
ROLES = (Role.ALUMNI, Role.ALUMNI_FRIEND)


class Group(StrEnum):
    """The groups of people that are a tab of their own: the viewer's graduation year and city, and whom they follow."""

    YEAR = "year"
    CITY = "city"
    FOLLOWING = "following"


class Sort(StrEnum):
    """The orders of the list of people; ``match`` is possible only while a name is searched."""

    MATCH = "match"
    NAME = "name"
    NEWEST = "newest"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter(ListFilter):
    """The criteria by which people are listed, counted and put on the map, and the order of their list.

    ``search`` are words of a name; years are graduation years, both ends included. ``near`` is the largest distance
    from the viewer's own city in kilometres. ``programme`` and ``work`` are parts of these texts. ``place`` is typed
    text for a city or country, as long as it has not been resolved to ``city_id`` or ``country``; URLs leave it out.
    """

    list_name = "people"
    not_narrowing = ("sort", "group")

    group: Group | None = None
    search: str = ""
    year_from: int | None = None
    year_to: int | None = None
    city_id: int | None = None
    country: str | None = None
    role: Role | None = None
    near: int | None = None
    programme: str = ""
    work: str = ""
    sort: Sort = Sort.NAME
    place: str = ""

    @classmethod
    def from_query_args(cls, args: Mapping[str, str]) -> Self:
        """Return the filter that the query arguments of a URL describe.

        Unknown and impossible values are ignored, years in the wrong order are swapped, and overlong text is cut.
        """
        search = one_line(args.get("q", ""))[:SEARCH_MAX]
        first, last = (parse_positive_number(args.get(name, ""), LAST_YEAR) for name in ("from", "to"))
        if first and last and first > last:
            first, last = last, first
        role, sort, country, group = (args.get(name, "") for name in ("role", "sort", "country", "group"))
        near = parse_positive_number(args.get("near", ""), DISTANCES[-1])
        return cls(
            group=Group(group) if group in set(Group) else None,
            search=search,
            year_from=first if first and first >= FIRST_GRADUATION_YEAR else None,
            year_to=last if last and last >= FIRST_GRADUATION_YEAR else None,
            city_id=parse_positive_number(args.get("city", ""), ID_MAX),
            country=country if is_country_code(country) else None,
            role=Role(role) if role in ROLES else None,
            near=near if near in DISTANCES else None,
            programme=one_line(args.get("programme", ""))[:PROGRAMME_MAX],
            work=one_line(args.get("work", ""))[:WORK_MAX],
            sort=_sort(sort, is_searching=bool(search)),
            place=one_line(args.get("place", ""))[:CITY_NAME_MAX],
        )

    def own_query_args(self) -> dict[str, Any]:
        """Return the query arguments of the filter by name, empty ones included.

        ``sort`` is ``None`` for the default order; the typed ``place`` is not among them.
        """
        default = _sort("", is_searching=bool(self.search))
        return {
            "group": self.group and self.group.value,
            "q": self.search,
            "from": self.year_from,
            "to": self.year_to,
            "city": self.city_id,
            "country": self.country,
            "role": self.role and self.role.value,
            "near": self.near,
            "programme": self.programme,
            "work": self.work,
            "sort": None if self.sort is default else self.sort.value,
        }

    def without_order(self) -> Self:
        """Return a copy of the filter with the default order: best match while a name is searched, else by name."""
        return replace(self, sort=_sort("", is_searching=bool(self.search)))

    def possible(self, *, has_city: bool, has_year: bool) -> Self:
        """Return a copy without what a viewer lacks the city or graduation year for: group, distance, order by it."""
        lacking = {Group.CITY: not has_city, Group.YEAR: not has_year}
        chosen = replace(self, group=None) if self.group and lacking.get(self.group) else self
        if has_city:
            return chosen
        return replace(chosen.without_order() if self.sort is Sort.NEAREST else chosen, near=None)

    @property
    def is_narrowed_beyond_search(self) -> bool:
        """Whether the filter has another criterion than the searched name, or a group."""
        return self.group is not None or replace(self, search="").is_narrowed

    @property
    def is_narrowed(self) -> bool:
        """Whether the filter has any criterion, the typed place included; an order or a group is none."""
        return bool(self.place or self.to_query_args(sort=None, group=None))


def _sort(text: str, *, is_searching: bool) -> Sort:
    """Return the order with that name, or the default order where it is unknown or impossible."""
    if text in set(Sort) and (is_searching or text != Sort.MATCH):
        return Sort(text)
    return Sort.MATCH if is_searching else Sort.NAME
