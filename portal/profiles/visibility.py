"""What one person sees of another: the one way from (viewer, profile) to a plain record.

``cards_seen_by`` and ``people_seen_by`` build the statements, whose columns are already empty where the viewer may
not look; ``card`` and ``person`` turn their rows into records. Templates and schemas get records only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, and_, bindparam, case, select

from portal.accounts.models import Account, Role
from portal.cities.countries import country_name
from portal.cities.models import City
from portal.core.actor import Actor
from portal.files.models import ORIGINAL, Picture
from portal.files.services import picture_url
from portal.files.storage import StoredPicture
from portal.profiles.fields import CHOSEN, Column, audience_of
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import admits, found_by, visible_to
from portal.profiles.relationships import Ties, tie_columns, ties_in
from portal.profiles.viewers import Viewer, viewer_of

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
    """A person in a list. What is ``None`` is not there, or not for the viewer; so is an empty ``role``."""

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

    ``shows_city`` says whether the city is shared with the viewer by its audience. ``audiences``, by the names of
    ``fields.CHOSEN``, are known to the person and to the office when it looks closely; to others ``None``. ``ties``
    are ``None`` where they were not asked for, and for strangers.
    """

    other_first_name: str | None
    other_last_name: str | None
    programme: str | None
    biography: str | None
    telegram_alias: str | None
    email: str | None
    shows_city: bool
    audiences: Mapping[str, Audience] | None
    avatar: StoredPicture | None
    ties: Ties | None = None

    @property
    def other_name(self) -> str:
        """The name in its second spelling, as far as there is one."""
        if not (self.other_first_name or self.other_last_name):
            return ""
        return f"{self.other_first_name or self.first_name} {self.other_last_name or self.last_name}"

    @property
    def avatar_url(self) -> str | None:
        """Larger than in a list."""
        return picture_url(self.avatar_id, LARGE_AVATAR_VARIANT) if self.avatar_id else None

    @property
    def kept_avatar_url(self) -> str | None:
        """The whole of it, of which another part can be cut."""
        return picture_url(self.avatar_id, ORIGINAL) if self.avatar_id else None


CARD_COLUMNS: tuple[Column, ...] = (
    Account.id,
    Account.first_name,
    Account.last_name,
    Account.role,
    Profile.graduation_year,
    Profile.work,
    Profile.avatar_id,
)
FURTHER_COLUMNS: tuple[Column, ...] = (
    Account.other_first_name,
    Account.other_last_name,
    Profile.programme,
    Profile.biography,
    Profile.telegram_alias,
    Account.email,
    *(field.audience for field in CHOSEN.values()),
)
CITY_COLUMNS: tuple[Label[Any], ...] = (
    City.id.label("city_id"),
    City.name.label("city_name"),
    City.name_ru.label("city_name_ru"),
    City.country.label("city_country"),
    City.country_code.label("city_country_code"),
)


def shown(columns: Iterable[Column], who: Actor | Viewer) -> list[Label[Any]]:
    """Columns of ``Profile`` or ``Account``, each empty where its audience does not include the viewer."""
    viewer = viewer_of(who)
    audiences = {column: audience_of(column) for column in columns}
    # Building a condition costs more than the database needs for it, so that columns share it.
    tells = {audience: admits(audience, viewer) for audience in set(audiences.values())}
    return [case((tells[audience], column)).label(column.key) for column, audience in audiences.items()]


def _tells(column: Column, viewer: Viewer) -> ColumnElement[bool]:
    return admits(audience_of(column), viewer)


def cards_seen_by(who: Actor | Viewer) -> Select[Any]:
    """People who exist for the viewer, with the columns of ``card``; what is not meant for the viewer is empty."""
    viewer = viewer_of(who)
    return _rows(viewer, CARD_COLUMNS).where(visible_to(viewer))


def people_seen_by(who: Actor | Viewer, *, with_ties: bool = False) -> Select[Any]:
    """The same with the columns of ``person``."""
    viewer = viewer_of(who)
    people = _whole_rows(viewer).where(visible_to(viewer))
    return people.add_columns(*tie_columns(viewer)) if with_ties else people


def person_found_by(who: Actor | Viewer, account_id: uuid.UUID) -> tuple[Select[Any], dict[str, object]]:
    """One person, also for a stranger who has the address of their page, with ties and the columns of ``person``.

    The statement, made once for each kind of viewer because that takes longer than to execute it, and its parameters.
    """
    viewer = viewer_of(who)
    kind = viewer.kind
    if kind not in _found_by_kind:
        anybody = viewer.anybody_like_them()
        people = _whole_rows(anybody).add_columns(*tie_columns(anybody))
        _found_by_kind[kind] = people.where(Account.id == bindparam("wanted"), found_by(anybody))
    return _found_by_kind[kind], {"wanted": account_id, "me": viewer.account_id}


_found_by_kind: dict[tuple[object, ...], Select[Any]] = {}


def _rows(viewer: Viewer, columns: tuple[Column, ...]) -> Select[Any]:
    statement: Select[Any] = select(*shown(columns, viewer), *CITY_COLUMNS)
    return (
        statement.select_from(Account)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .outerjoin(City, and_(City.id == Profile.city_id, _tells(Profile.city_id, viewer)))
    )


def _whole_rows(viewer: Viewer) -> Select[Any]:
    is_shared = and_(Profile.city_audience != Audience.ME, _tells(Profile.city_id, viewer))
    return (
        _rows(viewer, CARD_COLUMNS + FURTHER_COLUMNS)
        .outerjoin(Picture, and_(Picture.id == Profile.avatar_id, _tells(Profile.avatar_id, viewer)))
        .add_columns(
            is_shared.label("shows_city"),
            Picture.digest.label("avatar_digest"),
            Picture.content_type.label("avatar_type"),
            Picture.size.label("avatar_size"),
        )
    )


def card(row: Row[Any]) -> PersonCard:
    """The record of one row of ``cards_seen_by``."""
    return PersonCard(**_card_values(row))


def person(row: Row[Any]) -> Person:
    """The record of one row of ``people_seen_by``."""
    avatar = None
    if row.avatar_id is not None:
        avatar = StoredPicture(row.avatar_id, row.avatar_digest, row.avatar_type, row.avatar_size)
    return Person(
        **_card_values(row),
        other_first_name=row.other_first_name,
        other_last_name=row.other_last_name,
        programme=row.programme,
        biography=row.biography,
        telegram_alias=row.telegram_alias,
        email=row.email,
        shows_city=bool(row.shows_city),
        audiences=_audiences(row),
        avatar=avatar,
        ties=ties_in(row),
    )


def _audiences(row: Row[Any]) -> dict[str, Audience] | None:
    """All of them or none: they share one audience, and an account without a profile has none."""
    found = {name: row._mapping[field.key] for name, field in CHOSEN.items()}
    return None if None in found.values() else {name: Audience(value) for name, value in found.items()}


def _card_values(row: Row[Any]) -> dict[str, Any]:
    copied = ("id", "first_name", "last_name", "graduation_year", "work", "avatar_id")
    return {**{name: row._mapping[name] for name in copied}, "role": row.role or "", "city": city_of(row)}


def city_of(row: Row[Any]) -> CityLabel | None:
    """The city in a row that carries ``CITY_COLUMNS``."""
    if row.city_id is None:
        return None
    return CityLabel(row.city_id, row.city_name, row.city_name_ru, row.city_country, row.city_country_code)
