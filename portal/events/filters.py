"""Which events a list shows, and how the address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SEARCH_MAX = 80
MAX_DIGITS = 10


class Tab(StrEnum):
    """The lists of the events page."""

    UPCOMING = "upcoming"
    PAST = "past"
    MINE = "mine"
    JOINED = "joined"


PUBLIC_TABS = (Tab.UPCOMING, Tab.PAST, Tab.JOINED)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: a tab, narrowed by city, by online or not, and by words of title or place."""

    tab: Tab = Tab.UPCOMING
    city_id: int | None = None
    online: bool | None = None
    search: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Filter:
        """The filter in an address; what makes no sense there counts as not asked for."""
        tab, city, where = (arguments.get(name, "") for name in ("tab", "city", "where"))
        return cls(
            tab=Tab(tab) if tab in PUBLIC_TABS else Tab.UPCOMING,
            city_id=int(city) if city.isascii() and city.isdecimal() and len(city) < MAX_DIGITS else None,
            online={"online": True, "there": False}.get(where),
            search=" ".join(arguments.get("q", "").replace("\0", "").split())[:SEARCH_MAX],
        )

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of the filter's own address, each replaced by ``changes``; ``None`` takes one out."""
        where = None if self.online is None else ("online" if self.online else "there")
        tab = self.tab if self.tab in PUBLIC_TABS and self.tab is not Tab.UPCOMING else None
        own = {"tab": tab, "city": self.city_id, "where": where, "q": self.search}
        return {name: value for name, value in {**own, **changes}.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """More than a tab was asked for."""
        return self.city_id is not None or self.online is not None or bool(self.search)

    @property
    def scope(self) -> str:
        return f"events {self.tab} {self.city_id} {self.online} {self.search}"
