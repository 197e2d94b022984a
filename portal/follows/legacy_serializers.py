"""Follows in the shapes of the existing clients."""

from __future__ import annotations

from portal.follows.schemas import TiedPersonOut
from portal.profiles.legacy_serializers import location_of, role_of, year_of
from portal.profiles.relationships import NO_RELATIONSHIPS
from portal.profiles.visibility import PersonCard


def related_person_out(person: PersonCard) -> TiedPersonOut:
    """Return the JSON shape of a person in a list of followers or followed people, as legacy clients expect it."""
    relationships = person.relationships or NO_RELATIONSHIPS
    return TiedPersonOut(
        id=str(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=year_of(person),
        role=role_of(person),
        location=location_of(person),
        is_following=relationships.is_following,
        follows_you=relationships.follows_viewer,
    )
