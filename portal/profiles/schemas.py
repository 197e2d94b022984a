"""JSON shapes of profiles, as legacy clients send and expect them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from portal.accounts.models import NAME_MAX
from portal.api.schemas import Query, Schema
from portal.api.shapes.person import PersonOut
from portal.cities.models import CITY_NAME_MAX
from portal.profiles.models import BIOGRAPHY_MAX


class ProfileOut(PersonOut):
    """A full profile. Fields that are missing or hidden from the caller are `null`; `avatar` is the photo in base64."""

    avatar: str | None
    followers_count: int
    following_count: int


class AvatarOut(Schema):
    """The photo of a person in base64, or `null` without a photo."""

    avatar: str | None


class ProfileIn(Schema):
    """The fields of a profile that a client may change.

    An absent field stays as it is and `null` clears it, except `show_location`, whose `null` changes nothing. Fields
    that are not listed here are ignored.
    """

    first_name: Annotated[str | None, Field(max_length=NAME_MAX)] = None
    last_name: Annotated[str | None, Field(max_length=NAME_MAX)] = None
    graduation_year: Annotated[str | None, Field(max_length=10)] = None
    location: Annotated[str | None, Field(max_length=2 * CITY_NAME_MAX)] = None
    biography: Annotated[str | None, Field(max_length=BIOGRAPHY_MAX)] = None
    show_location: bool | None = None
    telegram_alias: str | None = None  # as a link it may be longer than the username that is stored
    avatar: str | None = None


class BulkQuery(Query):
    """Query arguments of the request for many profiles: `user_ids` is repeated, once for each person."""

    user_ids: list[str]
