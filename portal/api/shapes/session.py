"""JSON schema of sessions, for the account itself and for the alumni office."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal, Self

from portal.api.schemas import Schema


class UserSession(Schema):
    """One session of a person. ``network`` is a shortened IP address, ``last_used_at`` is exact to five minutes."""

    id: uuid.UUID
    door: Literal["page", "api"]
    method: str
    device: str | None
    network: str | None
    created_at: datetime
    last_used_at: datetime

    @classmethod
    def of(cls, session: Any, **values: Any) -> Self:
        """Return the schema filled from ``session``, a row with the columns of a session.

        ``values`` are the further fields of a subclass.
        """
        return cls(
            id=session.id,
            door="page" if session.channel == "page" else "api",
            method=session.method,
            device=session.device,
            network=session.network,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            **values,
        )
