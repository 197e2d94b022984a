"""Shapes of follows, exactly as the existing clients expect them."""

from __future__ import annotations

from portal.api.schemas import Schema
from portal.api.shapes.person import LastName


class FollowState(Schema):
    """Whether the caller follows the person."""

    user_id: str
    is_following: bool


class TiedPersonOut(Schema):
    """A person in a list of followers or followed people.

    ``is_following``: the caller follows this person; ``follows_you``: this person follows the caller.
    """

    id: str
    first_name: str
    last_name: LastName
    graduation_year: str | None
    role: str
    location: str | None
    is_following: bool
    follows_you: bool
