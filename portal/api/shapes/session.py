"""Sign-ins as JSON, for the account itself and for the alumni office."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from portal.api.schemas import Schema


class UserSession(Schema):
    """One sign-in of a person. ``network`` is shortened, ``last_used_at`` is exact to five minutes."""

    id: uuid.UUID
    door: Literal["page", "api"]
    method: str
    device: str | None
    network: str | None
    created_at: datetime
    last_used_at: datetime
