"""Profiles in the JSON shapes of the legacy contract."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, false, func

from portal.accounts.models import Account, Role
from portal.api.shapes.person import NO_LAST_NAME
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.profiles.fields import Column
from portal.profiles.models import Profile
from portal.profiles.policies import visible_to
from portal.profiles.relationships import NO_RELATIONSHIPS, relationship_columns
from portal.profiles.schemas import ProfileOut
from portal.profiles.viewers import Viewer, viewer_of
from portal.profiles.visibility import Person, PersonCard, select_people, shows_city, visible_columns

LIST_COLUMNS: tuple[Column, ...] = (
    Account.id,
    Account.first_name,
    Account.last_name,
    Account.role,
    Profile.graduation_year,
    Profile.biography,
    Profile.telegram_alias,
)


@dataclass(frozen=True, slots=True)
class LegacyPerson:
    """A person in a list of members, as one viewer may see them; its fields are those of the JSON.

    ``is_telegram_verified`` is ``False`` for everybody, because nothing verifies the alias.
    """

    id: uuid.UUID
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool
    telegram_alias: str | None
    is_telegram_verified: bool
    is_following: bool


def legacy_people(who: Actor | Viewer, fields: Iterable[str]) -> AnySelect:
    """Return the SELECT of the people who exist for the viewer, with columns named as fields of the legacy JSON.

    They are those of ``LegacyPerson``, and ``follows_you``: whether the person follows the viewer. What is hidden from
    the viewer is NULL, or as if it were missing. A row holds exactly what goes out.
    """
    viewer = viewer_of(who)
    columns = _columns(viewer)
    return select_people([columns[name].label(name) for name in fields], viewer).where(visible_to(viewer))


def _columns(viewer: Viewer) -> Mapping[str, ColumnElement[Any]]:
    seen = {label.name: label.element for label in visible_columns(LIST_COLUMNS, viewer)}
    follows = {label.name.removeprefix("relationships_"): label.element for label in relationship_columns(viewer)}
    return {
        **seen,
        "last_name": func.coalesce(func.nullif(seen["last_name"], ""), NO_LAST_NAME),
        "graduation_year": cast(seen["graduation_year"], Text),
        "role": case((seen["role"] == Role.ALUMNI, Role.ALUMNI.value), else_=Role.ALUMNI_FRIEND.value),
        "location": City.country.concat(", ").concat(City.name),
        "show_location": func.coalesce(shows_city(viewer), false()),
        "is_telegram_verified": false(),
        "is_following": follows.get("is_following", false()),
        "follows_you": follows.get("follows_viewer", false()),
    }


def role_of(person: PersonCard) -> str:
    """Return one of the two roles of the legacy contract: ``alumni`` for alumni, else ``alumni_friend``."""
    return Role.ALUMNI.value if person.role == Role.ALUMNI else Role.ALUMNI_FRIEND.value


def year_of(person: PersonCard) -> str | None:
    """Return the person's graduation year as text, or ``None`` if it is missing or hidden from the viewer."""
    return None if person.graduation_year is None else str(person.graduation_year)


def location_of(person: PersonCard) -> str | None:
    """Return the person's city as ``Country, City``, or ``None`` if it is missing or hidden from the viewer."""
    return person.city.location if person.city else None


def profile_out(person: Person, avatar: str | None) -> ProfileOut:
    """Return the JSON shape of a full profile; ``avatar`` is the photo in base64, ``None`` without a photo.

    The numbers of followers are 0 where ``person`` was read without relationships.
    """
    relationships = person.relationships or NO_RELATIONSHIPS
    return ProfileOut(
        id=str(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=year_of(person),
        role=role_of(person),
        location=location_of(person),
        biography=person.biography,
        show_location=person.shows_city,
        telegram_alias=person.telegram_alias,
        is_following=relationships.is_following,
        avatar=avatar,
        followers_count=relationships.followers,
        following_count=relationships.following,
    )
