"""The filter of the alumni office's list of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.accounts.models import Role
from portal.core.text import one_line
from portal.web.list_filters import ListFilter

SEARCH_MAX = 80


class AccountStatus(StrEnum):
    """The account statuses, of which each account has exactly one; a banned account counts as nothing else."""

    MEMBER = "member"
    WAITING = "waiting"
    UNCONFIRMED = "unproven"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class OfficePeopleFilter(ListFilter):
    """The filter of the office's list of people: by account status, by role, and by words of the name or email."""

    list_name = "office people"

    status: AccountStatus | None = None
    role: Role | None = None
    search: str = ""

    @classmethod
    def from_query_args(cls, args: Mapping[str, str]) -> OfficePeopleFilter:
        status, role = args.get("standing", ""), args.get("role", "")
        return cls(
            status=AccountStatus(status) if status in set(AccountStatus) else None,
            role=Role(role) if role in set(Role) else None,
            search=one_line(args.get("q", ""))[:SEARCH_MAX],
        )

    def own_query_args(self) -> dict[str, Any]:
        return {
            "standing": self.status and self.status.value,
            "role": self.role and self.role.value,
            "q": self.search,
        }
