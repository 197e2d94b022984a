"""Profiles in the shapes and words of the existing clients."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Role
from portal.api.shapes.person import PersonOut
from portal.profiles.relationships import NO_RELATIONSHIPS
from portal.profiles.schemas import ProfileOut
from portal.profiles.visibility import Person, PersonCard


def role_of(person: PersonCard) -> str:
    """Return one of the two roles that the clients know; whoever is not an alumnus counts as a friend."""
    return Role.ALUMNI.value if person.role == Role.ALUMNI else Role.ALUMNI_FRIEND.value


def year_of(person: PersonCard) -> str | None:
    """Return the graduation year as text."""
    return None if person.graduation_year is None else str(person.graduation_year)


def location_of(person: PersonCard) -> str | None:
    """Return the person's city as ``Country, City``."""
    return person.city.location if person.city else None


def person_out(person: Person) -> PersonOut:
    """Return the person as an item of a list."""
    return PersonOut(**_shared_fields(person))


def profile_out(person: Person, avatar: str | None) -> ProfileOut:
    """Return the whole profile; ``avatar`` is the picture in base64."""
    relationships = person.relationships or NO_RELATIONSHIPS
    return ProfileOut(
        **_shared_fields(person),
        avatar=avatar,
        followers_count=relationships.followers,
        following_count=relationships.following,
    )


def _shared_fields(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "graduation_year": year_of(person),
        "role": role_of(person),
        "location": location_of(person),
        "biography": person.biography,
        "show_location": person.shows_city,
        "telegram_alias": person.telegram_alias,
        "is_following": (person.relationships or NO_RELATIONSHIPS).is_following,
    }
