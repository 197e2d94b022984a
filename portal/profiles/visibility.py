"""Records of people with only the fields that a viewer may see; other features read profiles by no other way.

``cards_seen_by`` and ``people_seen_by`` return statements whose columns are NULL where the audience leaves the viewer
out; ``card`` and ``person`` turn their rows into records. Templates and schemas get records only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Label, Row, Select, and_, bindparam, case, select

from portal.accounts.models import Account, Role
from portal.cities.countries import country_name
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.core.db.raw_queries import RawQuery
from portal.core.text import initials
from portal.files.models import ORIGINAL, Picture
from portal.files.services import picture_url
from portal.files.storage import StoredPicture
from portal.profiles.fields import AUDIENCE_FIELDS, Column, audience_of
from portal.profiles.models import Audience, Profile
from portal.profiles.normalisation import host_of
from portal.profiles.policies import admits, found_by, visible_to
from portal.profiles.relationships import Relationships, follow_columns, relationship_columns, relationships_in
from portal.profiles.viewers import Viewer, viewer_of

HUES = 12
AVATAR_VARIANT = "160"
LARGE_AVATAR_VARIANT = "320"


@dataclass(frozen=True, slots=True)
class CityLabel:
    """A city's id, its English and Russian name, and its country, without its position."""

    id: int
    name: str
    name_ru: str | None
    country: str
    country_code: str

    def label(self, locale: str) -> str:
        """Return the city's Russian name if ``locale`` is Russian and the name is known, else its English name."""
        return (locale.startswith("ru") and self.name_ru) or self.name

    def full_label(self, locale: str) -> str:
        """Return ``City, Country`` in the language of ``locale``; names that are unknown in it are English."""
        return f"{self.label(locale)}, {country_name(self.country_code, self.country, locale)}"

    @property
    def location(self) -> str:
        """The city as ``Country, City`` in English, as legacy clients send and expect it."""
        return f"{self.country}, {self.name}"


class ProfileLink(NamedTuple):
    """A link of a person to a page of theirs elsewhere: its label, and its ``https`` URL."""

    label: str
    url: str

    @property
    def host(self) -> str:
        """The host of the URL without ``www.``, which says where the link leads."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """The short record of a person in a list, as one viewer may see it.

    Fields that are missing or hidden from the viewer are ``None``; a hidden ``role`` is an empty string.
    ``relationships`` are ``None`` for visitors and where the statement did not read them.
    """

    id: uuid.UUID
    first_name: str
    last_name: str
    role: str
    graduation_year: int | None
    work: str | None
    avatar_id: uuid.UUID | None
    city: CityLabel | None
    relationships: Relationships | None = None

    @property
    def name(self) -> str:
        """The first and last name, separated by a blank."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """The first letters of first and last name, as ``core.text.initials`` writes them."""
        return initials(self.first_name, self.last_name)

    @property
    def hue(self) -> int:
        """The number, from 0 to ``HUES`` - 1, of the colour that stands for the person where no photo is shown."""
        return self.id.int % HUES

    @property
    def url(self) -> str:
        """The path of the person's page: ``/people/<id>``."""
        return f"/people/{self.id}"

    @property
    def avatar_url(self) -> str | None:
        """The path of the photo's 160-pixel variant, or ``None`` if the photo is missing or hidden from the viewer."""
        return picture_url(self.avatar_id, AVATAR_VARIANT) if self.avatar_id else None

    @property
    def is_alumni_friend(self) -> bool:
        """Whether the person's role is alumni friend; false where the role is hidden from the viewer."""
        return self.role == Role.ALUMNI_FRIEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(PersonCard):
    """The full record of a person, as one viewer may see it; fields that are missing or hidden are ``None``.

    ``shows_city``: the person shows their city to others, the viewer included. ``audiences``, keyed as
    ``fields.AUDIENCE_FIELDS``, are only for the person and for a ``staff_viewer``.
    """

    other_first_name: str | None
    other_last_name: str | None
    former_last_name: str | None
    programme: str | None
    biography: str | None
    telegram_alias: str | None
    email: str | None
    links: tuple[ProfileLink, ...]
    shows_city: bool
    audiences: Mapping[str, Audience] | None
    avatar: StoredPicture | None

    @property
    def other_name(self) -> str:
        """The full name in its second spelling, or an empty string if the person has none.

        If only the first or the last name has a second spelling, the other one is added in its usual spelling.
        """
        if not (self.other_first_name or self.other_last_name):
            return ""
        return f"{self.other_first_name or self.first_name} {self.other_last_name or self.last_name}".strip()

    @property
    def avatar_url(self) -> str | None:
        """The path of the photo's 320-pixel variant, or ``None`` if the photo is missing or hidden from the viewer."""
        return picture_url(self.avatar_id, LARGE_AVATAR_VARIANT) if self.avatar_id else None

    @property
    def kept_avatar_url(self) -> str | None:
        """The path of the photo as it is stored, from which another part can be cropped; ``None`` without a photo."""
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
    Account.former_last_name,
    Profile.programme,
    Profile.biography,
    Profile.telegram_alias,
    Account.email,
    Profile.links,
    *(field.audience for field in AUDIENCE_FIELDS.values()),
)
CITY_COLUMNS: tuple[Label[Any], ...] = (
    City.id.label("city_id"),
    City.name.label("city_name"),
    City.name_ru.label("city_name_ru"),
    City.country.label("city_country"),
    City.country_code.label("city_country_code"),
)


def visible_columns(columns: Iterable[Column], who: Actor | Viewer) -> list[Label[Any]]:
    """Return columns of ``Profile`` or ``Account`` as SQL expressions that are NULL where hidden from the viewer.

    Each keeps the name of its column. The statement must select from ``Account`` and ``Profile``. Raise ``LookupError``
    for a column without a declared audience.
    """
    viewer = viewer_of(who)
    audiences = {column: audience_of(column) for column in columns}
    # Building a condition costs more than executing it, so columns of one audience share it.
    is_visible = {audience: admits(audience, viewer) for audience in set(audiences.values())}
    return [case((is_visible[audience], column)).label(column.key) for column, audience in audiences.items()]


def _is_visible(column: Column, viewer: Viewer) -> ColumnElement[bool]:
    return admits(audience_of(column), viewer)


def cards_seen_by(who: Actor | Viewer, *, with_follows: bool = False) -> Select[Any]:
    """Return the SELECT of the people who exist for the viewer, with the columns that ``card`` reads.

    Columns are NULL where they are hidden from the viewer; ``City`` is joined only where the viewer may see the city.
    ``with_follows`` adds whether the viewer follows each person, and may.
    """
    viewer = viewer_of(who)
    people = _rows(viewer, CARD_COLUMNS).where(visible_to(viewer))
    return people.add_columns(*follow_columns(viewer)) if with_follows else people


def people_seen_by(who: Actor | Viewer, *, with_relationships: bool = False) -> Select[Any]:
    """Return the SELECT of the people who exist for the viewer, with the columns that ``person`` reads.

    Columns are NULL where they are hidden from the viewer; ``with_relationships`` adds those about follows.
    """
    viewer = viewer_of(who)
    people = _whole_rows(viewer).where(visible_to(viewer))
    return people.add_columns(*relationship_columns(viewer)) if with_relationships else people


def person_query(who: Actor | Viewer) -> RawQuery:
    """Return the query of the person ``account_id``; it has no row if the viewer ``me`` may not open the person's page.

    It has the columns that ``person`` reads, with relationships; those hidden from the viewer are NULL. It is built
    once for all viewers with the same ``statement_key``.
    """
    viewer = viewer_of(who)
    key = viewer.statement_key
    if key not in _queries:
        shared = viewer.parameterised()
        people = _whole_rows(shared).add_columns(*relationship_columns(shared))
        _queries[key] = RawQuery(people.where(Account.id == bindparam("account_id"), found_by(shared)))
    return _queries[key]


_queries: dict[tuple[object, ...], RawQuery] = {}


def select_people(columns: Iterable[ColumnElement[Any]], viewer: Viewer) -> AnySelect:
    """Return the SELECT of columns of all accounts, with their ``Profile``, and ``City`` where the viewer may see it.

    What else is hidden from the viewer, the columns must leave out (see ``visible_columns``).
    """
    statement: AnySelect = select(*columns).select_from(Account)
    is_visible = and_(City.id == Profile.city_id, _is_visible(Profile.city_id, viewer))
    return statement.outerjoin(Profile, Profile.account_id == Account.id).outerjoin(City, is_visible)


def shows_city(viewer: Viewer) -> ColumnElement[bool]:
    """Return the SQL condition that a person shows their city to others, the viewer included; it may be NULL."""
    return and_(Profile.city_audience != Audience.ME, _is_visible(Profile.city_id, viewer))


def _rows(viewer: Viewer, columns: tuple[Column, ...]) -> Select[Any]:
    return select_people((*visible_columns(columns, viewer), *CITY_COLUMNS), viewer)


def _whole_rows(viewer: Viewer) -> Select[Any]:
    return (
        _rows(viewer, CARD_COLUMNS + FURTHER_COLUMNS)
        .outerjoin(Picture, and_(Picture.id == Profile.avatar_id, _is_visible(Profile.avatar_id, viewer)))
        .add_columns(
            shows_city(viewer).label("shows_city"),
            Picture.digest.label("avatar_digest"),
            Picture.content_type.label("avatar_type"),
            Picture.size.label("avatar_size"),
        )
    )


def card(row: Row[Any]) -> PersonCard:
    """Return the person card of a row of ``cards_seen_by`` or ``people_seen_by``."""
    return PersonCard(**_card_values(row))


def person(row: Row[Any]) -> Person:
    """Return the full record of a row of ``people_seen_by`` or ``person_query``."""
    avatar = None
    if row.avatar_id is not None:
        avatar = StoredPicture(row.avatar_id, row.avatar_digest, row.avatar_type, row.avatar_size)
    return Person(
        **_card_values(row),
        other_first_name=row.other_first_name,
        other_last_name=row.other_last_name,
        former_last_name=row.former_last_name,
        programme=row.programme,
        biography=row.biography,
        telegram_alias=row.telegram_alias,
        email=row.email,
        links=tuple(ProfileLink(**link) for link in row.links or ()),
        shows_city=bool(row.shows_city),
        audiences=_audiences(row),
        avatar=avatar,
    )


def _audiences(row: Row[Any]) -> dict[str, Audience] | None:
    """Return the chosen audiences of a row keyed by field, or ``None`` if the viewer may not see them.

    They share one audience, so a row holds all of them or none; an account without a profile has none.
    """
    chosen = {name: getattr(row, field.key) for name, field in AUDIENCE_FIELDS.items()}
    return None if None in chosen.values() else {name: Audience(value) for name, value in chosen.items()}


def _card_values(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "role": row.role or "",
        "graduation_year": row.graduation_year,
        "work": row.work,
        "avatar_id": row.avatar_id,
        "city": city_of(row),
        "relationships": relationships_in(row),
    }


def city_of(row: Row[Any]) -> CityLabel | None:
    """Return the city of a row with ``CITY_COLUMNS``, or ``None`` if it is missing or hidden from the viewer."""
    if row.city_id is None:
        return None
    return CityLabel(row.city_id, row.city_name, row.city_name_ru, row.city_country, row.city_country_code)
