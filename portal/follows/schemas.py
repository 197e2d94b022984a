"""Follows on the wire."""

from __future__ import annotations

from portal.api.schemas import Schema
from portal.follows.queries import TiedPerson
from portal.profiles.legacy_serializers import location_of, role_of, year_of


class FollowState(Schema):
    """Whether the caller follows the person."""

    user_id: str
    is_following: bool


class TiedPersonOut(Schema):
    """A person in a list of followers or followed; ``follows_you`` says whether they follow the caller."""

    id: str
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    is_following: bool
    follows_you: bool

    @classmethod
    def of(cls, tied: TiedPerson) -> TiedPersonOut:
        person = tied.person
        return cls(
            id=str(person.id),
            first_name=person.first_name,
            last_name=person.last_name,
            graduation_year=year_of(person),
            role=role_of(person),
            location=location_of(person),
            is_following=tied.ties.is_following,
            follows_you=tied.ties.follows_reader,
        )
