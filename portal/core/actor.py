"""The caller as services, policies and the audit trail see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.clock import now

RECENT_AUTH_LIFETIME = timedelta(minutes=10)
"""How long after entering the password or a code an authentication counts as recent."""


class Channel(StrEnum):
    """The entry point through which a caller reaches the services."""

    PAGE = "page"
    API = "api"
    BOT = "bot"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants pages and messages; ``None`` where they have not chosen."""

    locale: str | None = None
    theme: str | None = None
    time_zone: str | None = None


NOT_CHOSEN = Preferences()


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller: a member, somebody who waits for the office, an anonymous visitor, or the system itself.

    ``account_id`` is ``None`` for visitors and for the system. ``permissions`` holds values of
    ``portal.permissions.catalogue.Permission``; they are empty while ``needs_second_factor``. ``class_year`` is the
    graduation year that the office has confirmed. ``network`` is the shortened IP address. ``authenticated_at`` is when
    the person last entered a password or code. ``preferences`` are those of the account. ``is_waiting`` people are
    signed in and have confirmed their email, but the office has not let them in yet: what is open to them is declared
    as ``SIGNED_IN``, and they hold no permissions.
    """

    channel: Channel
    account_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    role: str = ""
    class_year: int | None = None
    first_name: str = ""
    last_name: str = ""
    preferences: Preferences = NOT_CHOSEN
    authenticated_at: datetime | None = None
    needs_second_factor: bool = False
    is_waiting: bool = False
    network: str | None = None
    request_id: str | None = None
    system: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Whether the caller is signed in, as a member or waiting; false for visitors and for the system."""
        return self.account_id is not None

    @property
    def has_recent_auth(self) -> bool:
        """Whether the person entered the password or a code within ``RECENT_AUTH_LIFETIME``."""
        return self.authenticated_at is not None and now() - self.authenticated_at <= RECENT_AUTH_LIFETIME

    @property
    def is_active(self) -> bool:
        """Whether Flask-Login may sign the person in: true for everyone signed in, as banned accounts get no actor."""
        return self.is_authenticated

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller is not signed in: a visitor or the system."""
        return not self.is_authenticated

    @property
    def name(self) -> str:
        """The first and last name of a signed-in person; empty for visitors and the system."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_id(self) -> str:
        """Return the session's id as text, which Flask-Login keeps in the cookie; ending the session signs out."""
        return str(self.session_id)

    def may(self, permission: str) -> bool:
        """Return whether the caller holds ``permission``, a value of ``Permission``; the system holds every one."""
        return self.system or permission in self.permissions

    @property
    def id(self) -> uuid.UUID:
        """The id of the signed-in person's account; raises ``LookupError`` for visitors and the system."""
        if self.account_id is None:
            raise LookupError("the caller is not signed in")
        return self.account_id


def system_actor(channel: Channel = Channel.JOB) -> Actor:
    """Return an actor that stands for the portal itself and holds every permission, for jobs and commands."""
    return Actor(channel=channel, system=True)
