"""JSON schemas of people that the endpoints of several features return."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from portal.api.schemas import Schema

NO_LAST_NAME = "–"
"""The last name of people with one name only, for clients that take its first letter."""
LastName = Annotated[str, AfterValidator(lambda name: name or NO_LAST_NAME)]


class PersonSummary(Schema):
    """The fields of a person that every list has; ``location`` is null where the caller may not know it."""

    id: str
    first_name: str
    last_name: LastName
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
