"""Profiles on the wire, in the exact shapes of the existing clients."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from portal.accounts.models import NAME_MAX
from portal.api.schemas import PageQuery, Query, Schema
from portal.cities.models import CITY_NAME_MAX
from portal.directory.name_search import SEARCH_MAX
from portal.profiles.legacy_adapter import emitted_location, emitted_role, emitted_year
from portal.profiles.models import BIOGRAPHY_MAX
from portal.profiles.relationships import UNTIED, Ties
from portal.profiles.visibility import Person


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

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        return cls(**wire(person, person.ties or UNTIED))


class ProfileOut(PersonOut):
    """A whole profile; ``avatar`` is a picture in base64."""

    avatar: str | None
    followers_count: int
    following_count: int

    @classmethod
    def with_avatar(cls, person: Person, avatar: str | None) -> ProfileOut:
        ties = person.ties or UNTIED
        return cls(
            **wire(person, ties),
            avatar=avatar,
            followers_count=ties.followers,
            following_count=ties.following,
        )


class AvatarOut(Schema):
    avatar: str | None


class PlaceOut(Schema):
    """A city and how many people the caller may know to live there."""

    country: str
    city: str
    lat: float
    lng: float
    count: int


class MapOut(Schema):
    locations: list[PlaceOut]


class ProfileIn(Schema):
    """The fields a client may change; an absent one stays, ``null`` clears, and all others it sends are ignored."""

    first_name: Annotated[str | None, Field(max_length=NAME_MAX)] = None
    last_name: Annotated[str | None, Field(max_length=NAME_MAX)] = None
    graduation_year: Annotated[str | None, Field(max_length=10)] = None
    location: Annotated[str | None, Field(max_length=2 * CITY_NAME_MAX)] = None
    biography: Annotated[str | None, Field(max_length=BIOGRAPHY_MAX)] = None
    show_location: bool | None = None
    telegram_alias: str | None = None  # with its dress it may be longer than what is stored
    avatar: str | None = None


class DirectoryQuery(PageQuery):
    """``location`` is ``Country, City``; absent or empty: everybody. ``search`` are words of a name."""

    location: Annotated[str, Field(max_length=2 * CITY_NAME_MAX)] = ""
    search: Annotated[str, Field(max_length=SEARCH_MAX)] = ""


class BulkQuery(Query):
    """``user_ids`` is repeated, once for each person; what is no id of anybody is left out of the answer."""

    user_ids: list[str]


def wire(person: Person, ties: Ties) -> dict[str, Any]:
    """The fields that every form of a profile shares."""
    return {
        "id": str(person.id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "graduation_year": emitted_year(person),
        "role": emitted_role(person),
        "location": emitted_location(person),
        "biography": person.biography,
        "show_location": person.shows_city,
        "telegram_alias": person.telegram_alias,
        "is_following": ties.is_following,
    }
