"""Follows in the shapes of the existing clients."""

from __future__ import annotations

from portal.follows.queries import RelatedPerson
from portal.follows.schemas import TiedPersonOut
from portal.profiles.legacy_serializers import location_of, role_of, year_of


def related_person_out(related: RelatedPerson) -> TiedPersonOut:
    """Return the JSON shape of a person in a list of followers or followed people, as legacy clients expect it."""
    person = related.person
    return TiedPersonOut(
        id=str(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=year_of(person),
        role=role_of(person),
        location=location_of(person),
        is_following=related.relationships.is_following,
        follows_you=related.relationships.follows_viewer,
    )
