"""Which people the office's list shows, and how the address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.accounts.models import Role
from portal.core.text import one_line

SEARCH_MAX = 80


class Standing(StrEnum):
    """Everybody is in exactly one of these: whoever is banned is nothing else."""

    MEMBER = "member"
    WAITING = "waiting"
    UNPROVEN = "unproven"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """People by standing, by role, and by words of their name or address."""

    standing: Standing | None = None
    role: Role | None = None
    search: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> PeopleFilter:
        """The filter in an address; what makes no sense there counts as not asked for."""
        standing, role = arguments.get("standing", ""), arguments.get("role", "")
        return cls(
            standing=Standing(standing) if standing in set(Standing) else None,
            role=Role(role) if role in set(Role) else None,
            search=one_line(arguments.get("q", ""))[:SEARCH_MAX],
        )

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of the filter's own address, each replaced by ``changes``; ``None`` takes one out."""
        own = {"standing": self.standing and self.standing.value, "role": self.role and self.role.value}
        return {name: value for name, value in {**own, "q": self.search, **changes}.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.address())

    @property
    def scope(self) -> str:
        return f"office people {self.standing} {self.role} {self.search}"
