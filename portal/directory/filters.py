"""Which people the directory shows, and how the address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from portal.accounts.models import FIRST_GRADUATION_YEAR, Role
from portal.cities.countries import is_country_code
from portal.cities.models import CITY_NAME_MAX
from portal.cities.queries import ID_MAX
from portal.core.text import one_line
from portal.directory.name_search import SEARCH_MAX

LAST_YEAR = 2100
DISTANCES = (25, 100, 300, 1000)
"""How many kilometres away somebody may live who is near."""
ROLES = (Role.ALUMNI, Role.ALUMNI_FRIEND)


class Sort(StrEnum):
    """The orders of the list; ``match`` only while something is searched."""

    MATCH = "match"
    NAME = "name"
    NEWEST = "newest"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Words of a name, and what the people with it must have besides; ``near`` is in kilometres from one's own city.

    ``place`` is what was typed to find a city or country by, as long as nobody knows which is meant.
    """

    search: str = ""
    year_from: int | None = None
    year_to: int | None = None
    city_id: int | None = None
    country: str | None = None
    role: Role | None = None
    near: int | None = None
    sort: Sort = Sort.NAME
    place: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> PeopleFilter:
        """The filter in an address; what makes no sense there counts as not asked for."""
        search = one_line(arguments.get("q", ""))[:SEARCH_MAX]
        first, last = (_number(arguments.get(name, ""), LAST_YEAR) for name in ("from", "to"))
        if first and last and first > last:
            first, last = last, first
        role, sort, country = (arguments.get(name, "") for name in ("role", "sort", "country"))
        near = _number(arguments.get("near", ""), DISTANCES[-1])
        return cls(
            search=search,
            year_from=first if first and first >= FIRST_GRADUATION_YEAR else None,
            year_to=last if last and last >= FIRST_GRADUATION_YEAR else None,
            city_id=_number(arguments.get("city", ""), ID_MAX),
            country=country if is_country_code(country) else None,
            role=Role(role) if role in ROLES else None,
            near=near if near in DISTANCES else None,
            sort=_sort(sort, is_searching=bool(search)),
            place=one_line(arguments.get("place", ""))[:CITY_NAME_MAX],
        )

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of the filter's own address, each replaced by ``changes``; ``None`` takes one out."""
        usual = _sort("", is_searching=bool(self.search))
        own = {
            "q": self.search,
            "from": self.year_from,
            "to": self.year_to,
            "city": self.city_id,
            "country": self.country,
            "role": self.role and self.role.value,
            "near": self.near,
            "sort": None if self.sort is usual else self.sort.value,
        }
        return {name: value for name, value in {**own, **changes}.items() if value}

    def without_order(self) -> PeopleFilter:
        """The same people in the usual order of a list."""
        return replace(self, sort=_sort("", is_searching=bool(self.search)))

    def without_home(self) -> PeopleFilter:
        """The same for somebody who has no city to be near to."""
        possible = self.without_order() if self.sort is Sort.NEAREST else self
        return replace(possible, near=None)

    @property
    def is_narrowed(self) -> bool:
        """More than an order was asked for."""
        return bool(self.place or self.address(sort=None))

    @property
    def scope(self) -> str:
        return f"people {sorted(self.address(sort=self.sort).items())}"


def _sort(text: str, *, is_searching: bool) -> Sort:
    if text in set(Sort) and (is_searching or text != Sort.MATCH):
        return Sort(text)
    return Sort.MATCH if is_searching else Sort.NAME


def _number(text: str, most: int) -> int | None:
    digits = len(str(most))
    if not (text.isascii() and text.isdecimal() and len(text) <= digits):
        return None
    return int(text) if 0 < int(text) <= most else None
