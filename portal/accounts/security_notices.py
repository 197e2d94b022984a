"""Emails to all administrators about changes by which somebody could take the portal over."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from portal.accounts import queries
from portal.accounts.messages import OFFICE_CHANGED, enqueue_emails, timestamp_key
from portal.accounts.models import Account
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.core.actor import Actor
from portal.core.clock import now
from portal.permissions.catalogue import ADMINISTRATORS, Permission


class OfficeChange(StrEnum):
    """A change that every administrator is notified of; the templates of the email know its value."""

    ADMINISTRATOR_ADDED = "administrator_added"
    ADMINISTRATOR_REMOVED = "administrator_removed"
    MODERATOR_ADDED = "moderator_added"
    MODERATOR_REMOVED = "moderator_removed"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_DEMANDED = "second_factor_demanded"
    SECOND_FACTOR_OPTIONAL = "second_factor_optional"
    SETTINGS = "settings"

    @classmethod
    def of_group(cls, group: str, *, given: bool) -> OfficeChange:
        """Return the change that somebody was added to the built-in group ``group``, or removed from it."""
        if group == ADMINISTRATORS:
            return cls.ADMINISTRATOR_ADDED if given else cls.ADMINISTRATOR_REMOVED
        return cls.MODERATOR_ADDED if given else cls.MODERATOR_REMOVED

    @classmethod
    def of_settings(cls, changed: Mapping[Any, object]) -> OfficeChange:
        """Return the gravest change among settings, which ``changed`` maps to their new values."""
        if STAFF_SECOND_FACTOR in changed:
            return cls.SECOND_FACTOR_DEMANDED if changed[STAFF_SECOND_FACTOR] else cls.SECOND_FACTOR_OPTIONAL
        return cls.SETTINGS


def notify_administrators(actor: Actor, change: OfficeChange, about: Account | None = None) -> None:
    """Email every administrator who can sign in about a change that concerns ``about``, except that person.

    The actor is notified too: somebody else may be using their session.
    """
    author = queries.find(actor.account_id) if actor.account_id else None
    enqueue_emails(
        OFFICE_CHANGED,
        queries.is_holder(Permission.GROUPS_CHANGE),
        Account.id.is_distinct_from(about.id if about else None),
        queries.is_active(now()),
        key=timestamp_key(),
        change=change.value,
        person=described(about) if about else "",
        by=described(author) if author else "",
        path=f"/admin/people/{about.id}" if about else "/admin/settings",
    )


def described(account: Account) -> str:
    """Return the name and the email of a person, by which an administrator recognises them."""
    return f"{account.name} ({account.email})"
