"""Shapes of people that several features answer with."""

from __future__ import annotations

from portal.api.schemas import Schema


class PersonSummary(Schema):
    """What every list says of a person; ``location`` is null where the caller may not know it."""

    id: str
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool


class PersonOut(PersonSummary):
    """A person in a list."""

    telegram_alias: str | None
    is_telegram_verified: bool = False
    is_following: bool
