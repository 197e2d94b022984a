"""Who asks: the one description of a caller that services, policies and audit understand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.clock import now

RECENT_AUTH_LIFE = timedelta(minutes=10)
"""How long a proof of who somebody is counts."""


class Channel(StrEnum):
    """Through what the caller came."""

    PAGE = "page"
    API = "api"
    BOT = "bot"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller: a person in good standing, nobody in particular, or the system itself.

    ``account_id`` is ``None`` for anonymous callers and for the system; ``permissions`` holds the values of
    ``portal.permissions.catalogue.Permission``; ``network`` is the shortened network address; ``proved_at`` is when
    the person last proved who they are. ``owes_second_factor``: their permissions rest until they have set one up.
    ``has_warning``: the office has asked them to mind something, and they have not said yet that they read it.
    """

    channel: Channel
    account_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    role: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    locale: str | None = None
    theme: str | None = None
    time_zone: str | None = None
    proved_at: datetime | None = None
    owes_second_factor: bool = False
    has_warning: bool = False
    network: str | None = None
    request_id: str | None = None
    system: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.account_id is not None

    @property
    def has_recent_auth(self) -> bool:
        """Whether the last proof of who this is is recent enough to change what could take the account away."""
        return self.proved_at is not None and now() - self.proved_at <= RECENT_AUTH_LIFE

    @property
    def is_active(self) -> bool:
        return self.is_authenticated

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_id(self) -> str:
        """Flask-Login's identity of a signed-in person: the session, so that ending it signs out."""
        return str(self.session_id)

    def may(self, permission: str) -> bool:
        return self.system or permission in self.permissions

    @property
    def id(self) -> uuid.UUID:
        """The account's id; only for callers behind a door that demands a signed-in person."""
        if self.account_id is None:
            raise LookupError("nobody is signed in")
        return self.account_id


def system_actor(channel: Channel = Channel.JOB) -> Actor:
    """The portal acting by itself: jobs, the dispatcher, commands."""
    return Actor(channel=channel, system=True)
