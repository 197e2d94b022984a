"""What one person sees of another: the one way from (viewer, profile) to a plain record.

``seen_by`` builds the statement whose columns are already empty where the viewer may not look; ``card`` and
``person`` turn its rows into records. Templates and schemas get records only.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, case, select

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.media.files import StoredPicture
from portal.media.models import Picture
from portal.media.services import picture_url
from portal.profiles.countries import country_name
from portal.profiles.models import Audience, City, Profile
from portal.profiles.policies import admits, visible_to

HUES = 12
AVATAR_VARIANT = "160"
LARGE_AVATAR_VARIANT = "320"


@dataclass(frozen=True, slots=True)
class CityLabel:
    """A city as it is named to people."""

    id: int
    name: str
    name_ru: str | None
    country: str
    country_code: str

    def label(self, locale: str) -> str:
        """The city's name in the reader's language."""
        return (locale.startswith("ru") and self.name_ru) or self.name

    def full_label(self, locale: str) -> str:
        """City and country in the reader's language."""
        return f"{self.label(locale)}, {country_name(self.country_code, self.country, locale)}"

    @property
    def location(self) -> str:
        """The text form of the mobile contract."""
        return f"{self.country}, {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person in a list. ``city`` is ``None`` when there is none or the viewer may not know it."""

    id: uuid.UUID
    first_name: str
    last_name: str
    role: str
    graduation_year: int | None
    work: str | None
    avatar_id: uuid.UUID | None
    city: CityLabel | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def hue(self) -> int:
        """Which of the twelve colours stands for the person when there is no picture."""
        return self.id.int % HUES

    @property
    def url(self) -> str:
        return f"/people/{self.id}"

    @property
    def avatar_url(self) -> str | None:
        return picture_url(self.avatar_id, AVATAR_VARIANT) if self.avatar_id else None

    @property
    def is_alumni_friend(self) -> bool:
        return self.role == Role.ALUMNI_FRIEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(PersonCard):
    """A person on a page of their own.

    ``shows_city`` says whether the city is shared with the viewer by its audience; ``city_audience`` is known to
    the person alone.
    """

    programme: str | None
    biography: str | None
    telegram_alias: str | None
    shows_city: bool
    city_audience: str | None
    avatar: StoredPicture | None

    @property
    def avatar_url(self) -> str | None:
        """Larger than in a list."""
        return picture_url(self.avatar_id, LARGE_AVATAR_VARIANT) if self.avatar_id else None


CARD_COLUMNS: tuple[Any, ...] = (
    Account.id,
    Account.first_name,
    Account.last_name,
    Account.role,
    Profile.graduation_year,
    Profile.work,
    Profile.avatar_id,
    City.id.label("city_id"),
    City.name.label("city_name"),
    City.name_ru.label("city_name_ru"),
    City.country.label("city_country"),
    City.country_code.label("city_country_code"),
)


def cards_seen_by(actor: Actor) -> Select[Any]:
    """People who exist for the viewer, with the columns of ``card``; a city not meant for the viewer is empty."""
    columns: Select[Any] = select(*CARD_COLUMNS)
    return (
        columns.select_from(Account)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .outerjoin(City, and_(City.id == Profile.city_id, admits(Profile.city_audience, actor)))
        .where(visible_to(actor))
    )


def seen_by(actor: Actor) -> Select[Any]:
    """The same with the further columns of ``person``."""
    shown = and_(Profile.city_audience != Audience.ME, admits(Profile.city_audience, actor))
    own = case((Profile.account_id == actor.account_id, Profile.city_audience))
    return (
        cards_seen_by(actor)
        .outerjoin(Picture, Picture.id == Profile.avatar_id)
        .add_columns(
            Profile.programme,
            Profile.biography,
            Profile.telegram_alias,
            shown.label("shows_city"),
            own.label("city_audience"),
            Picture.digest.label("avatar_digest"),
            Picture.content_type.label("avatar_type"),
            Picture.size.label("avatar_size"),
        )
    )


def card(row: Row[Any]) -> PersonCard:
    """The record of one row of ``cards_seen_by``."""
    return PersonCard(**_card_values(row))


def person(row: Row[Any]) -> Person:
    """The record of one row of ``seen_by``."""
    avatar = None
    if row.avatar_id is not None:
        avatar = StoredPicture(row.avatar_id, row.avatar_digest, row.avatar_type, row.avatar_size)
    return Person(
        **_card_values(row),
        programme=row.programme,
        biography=row.biography,
        telegram_alias=row.telegram_alias,
        shows_city=bool(row.shows_city),
        city_audience=row.city_audience,
        avatar=avatar,
    )


def _card_values(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "role": row.role,
        "graduation_year": row.graduation_year,
        "work": row.work,
        "avatar_id": row.avatar_id,
        "city": city_of(row),
    }


def city_of(row: Row[Any]) -> CityLabel | None:
    """The city in a row that carries the columns ``city_…`` of ``CARD_COLUMNS``."""
    if row.city_id is None:
        return None
    return CityLabel(row.city_id, row.city_name, row.city_name_ru, row.city_country, row.city_country_code)
