"""Profiles in the JSON shapes of the legacy contract."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Role
from portal.api.shapes.person import PersonOut
from portal.profiles.relationships import NO_RELATIONSHIPS
from portal.profiles.schemas import ProfileOut
from portal.profiles.visibility import Person, PersonCard


def role_of(person: PersonCard) -> str:
    """Return one of the two roles of the legacy contract: ``alumni`` for alumni, else ``alumni_friend``."""
    return Role.ALUMNI.value if person.role == Role.ALUMNI else Role.ALUMNI_FRIEND.value


def year_of(person: PersonCard) -> str | None:
    """Return the person's graduation year as text, or ``None`` if it is missing or hidden from the viewer."""
    return None if person.graduation_year is None else str(person.graduation_year)


def location_of(person: PersonCard) -> str | None:
    """Return the person's city as ``Country, City``, or ``None`` if it is missing or hidden from the viewer."""
    return person.city.location if person.city else None


def person_out(person: Person) -> PersonOut:
    """Return the JSON shape of a person in a list, as the viewer for whom ``person`` was read may see them."""
    return PersonOut(**_shared_fields(person))


def profile_out(person: Person, avatar: str | None) -> ProfileOut:
    """Return the JSON shape of a full profile; ``avatar`` is the photo in base64, ``None`` without a photo.

    The numbers of followers are 0 where ``person`` was read without relationships.
    """
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
