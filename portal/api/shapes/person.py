"""JSON schemas of people that the endpoints of several features return."""

from __future__ import annotations

from portal.api.schemas import Schema


class PersonSummary(Schema):
    """The fields of a person that every list has; ``location`` is null where the caller may not know it."""

    id: str
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool


class PersonOut(PersonSummary):
    """A person in a list of members, with ``is_following`` for whether the caller follows them."""

    telegram_alias: str | None
    is_telegram_verified: bool = False
    is_following: bool
