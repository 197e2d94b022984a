"""Shapes of people that several features answer with."""

from __future__ import annotations

from portal.api.schemas import Schema


class PersonOut(Schema):
    """A person in a list."""

    id: str
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool
    telegram_alias: str | None
    is_telegram_verified: bool = False
    is_following: bool
