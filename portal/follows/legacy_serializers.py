"""Follows in the shapes of the existing clients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class LegacyRelatedPerson:
    """A person in a list of followers or followed people; its fields are those of the JSON.

    ``is_following``: the caller follows this person; ``follows_you``: this person follows the caller.
    """

    id: uuid.UUID
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    is_following: bool
    follows_you: bool


RELATED_FIELDS = tuple(field.name for field in fields(LegacyRelatedPerson))
