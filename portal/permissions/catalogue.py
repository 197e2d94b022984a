"""All permissions, and the built-in groups that hold them."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A permission; its value ``resource:action`` is stored in the database."""

    PEOPLE_VERIFY = "people:verify"
    PEOPLE_BAN = "people:ban"
    PEOPLE_READ_ALL = "people:read_all"
    ACCOUNTS_SECURE = "accounts:secure"
    EVENTS_MODERATE = "events:moderate"
    ALLOW_LIST_IMPORT = "allow_list:import"
    SETTINGS_CHANGE = "settings:change"
    GROUPS_CHANGE = "groups:change"
    OUTBOX_READ = "outbox:read"
    AUDIT_READ = "audit:read"
    SYSTEM_READ = "system:read"


MODERATORS = "moderators"
ADMINISTRATORS = "administrators"

BUILT_IN_GROUPS: dict[str, frozenset[Permission]] = {
    MODERATORS: frozenset({Permission.EVENTS_MODERATE, Permission.PEOPLE_READ_ALL}),
    ADMINISTRATORS: frozenset(Permission),
}
