"""The tabs of the lists of events, and the filter that narrows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.cities.queries import ID_MAX
from portal.core.text import one_line
from portal.web.list_filters import ListFilter, parse_positive_number

SEARCH_MAX = 80


class Tab(StrEnum):
    """The lists of events: upcoming, past, organised by the viewer, and joined by the viewer."""

    UPCOMING = "upcoming"
    PAST = "past"
    MINE = "mine"
    JOINED = "joined"


TABS_BY_QUERY = (Tab.UPCOMING, Tab.PAST, Tab.JOINED)
"""The tabs that the query argument ``tab`` can choose; events that one organises have a page of their own."""


@dataclass(frozen=True, slots=True)
class EventFilter(ListFilter):
    """The choice of a tab, narrowed by city, by online or in person, and by a text in title or place.

    ``online`` is true for online events, false for those in person, ``None`` for both.
    """

    list_name = "events"
    not_narrowing = ("tab",)

    tab: Tab = Tab.UPCOMING
    city_id: int | None = None
    online: bool | None = None
    search: str = ""

    @classmethod
    def from_query_args(cls, args: Mapping[str, str]) -> EventFilter:
        """Return the filter that ``tab``, ``city``, ``where`` and ``q`` describe; unknown values are ignored."""
        tab, city, where = (args.get(name, "") for name in ("tab", "city", "where"))
        return cls(
            tab=Tab(tab) if tab in TABS_BY_QUERY else Tab.UPCOMING,
            city_id=parse_positive_number(city, ID_MAX),
            online={"online": True, "there": False}.get(where),
            search=one_line(args.get("q", "").replace("\0", ""))[:SEARCH_MAX],
        )

    def own_query_args(self) -> dict[str, Any]:
        """Return ``tab``, ``city``, ``where`` and ``q`` with their values, ``None`` or empty for what is not chosen."""
        return {
            "tab": self.tab.value if self.tab in TABS_BY_QUERY and self.tab is not Tab.UPCOMING else None,
            "city": self.city_id,
            "where": None if self.online is None else ("online" if self.online else "there"),
            "q": self.search,
        }

    @property
    def scope(self) -> str:
        """Text that names the list with all its criteria, so that a cursor of one list is refused by another.

        It is not made of the query arguments, because they do not name every tab.
        """
        return f"{self.list_name} {self.tab} {self.city_id} {self.online} {self.search}"
