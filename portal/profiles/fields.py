"""The audience of every column of ``Profile`` and ``Account``, from which statements, forms and tests are built.

A test fails for a column that is missing here, so that nothing new is shown before its audience was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import Account
from portal.profiles.models import Audience, Profile

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Field:
    """Columns of a profile that share one audience, and the column that holds the audience its owner chose.

    ``widest`` is the widest audience that can be chosen.
    """

    name: str
    columns: tuple[Column, ...]
    audience: InstrumentedAttribute[str]
    widest: Audience = Audience.PUBLIC

    @property
    def key(self) -> str:
        """The name of the audience column, such as ``city_audience``, which is also the key in forms and changes."""
        return self.audience.key

    @property
    def offered(self) -> tuple[Audience, ...]:
        """The audiences that can be chosen for the field, from the narrowest to ``widest``."""
        every = tuple(Audience)
        return every[: every.index(self.widest) + 1]


AUDIENCE_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("city", (Profile.city_id,), Profile.city_audience),
        Field("telegram", (Profile.telegram_alias,), Profile.telegram_audience),
        Field("email", (Account.email,), Profile.email_audience),
        Field("year", (Profile.graduation_year, Profile.programme), Profile.year_audience),
        Field("work", (Profile.work,), Profile.work_audience),
        Field("biography", (Profile.biography,), Profile.biography_audience),
        Field("links", (Profile.links,), Profile.links_audience),
        # Visitors see no events, so nobody can choose to be shown to them there.
        Field("events", (), Profile.events_audience, widest=Audience.MEMBERS),
    )
}
"""The fields whose audience people choose, keyed by name, in the order of the privacy form."""

FIXED_AUDIENCES: dict[Audience | None, tuple[Column, ...]] = {
    # Everybody who is found has a name: visitors find people of whom something is public.
    Audience.PUBLIC: (
        Account.id,
        Account.first_name,
        Account.last_name,
        Account.other_first_name,
        Account.other_last_name,
        Profile.account_id,
    ),
    Audience.MEMBERS: (Account.role, Profile.avatar_id, Account.verified_at),
    Audience.ME: (
        *(field.audience for field in AUDIENCE_FIELDS.values()),
        Profile.class_year,
        Profile.hides_first_steps,
        Profile.created_at,
        Profile.updated_at,
        Account.created_at,
        Account.email_confirmed_at,
        Account.updated_at,
        Account.former_last_name,
        Account.verification,
        Account.verified_by,
        Account.banned_at,
        Account.banned_until,
        Account.ban_reason,
        Account.second_factor,
        Account.locale,
        Account.theme,
        Account.time_zone,
    ),
    None: (
        Account.search,
        Account.sort_name,
        Account.sort_name_ru,
        Account.password_hash,
        Account.totp_secret,
        Account.totp_step,
    ),
}
"""Columns whose audience nobody chooses. The office sees those of ``ME`` too; those of ``None`` are shown to nobody."""


AudienceOf = InstrumentedAttribute[str] | Audience | None

AUDIENCE_BY_COLUMN: dict[str, AudienceOf] = {
    **{str(column): audience for audience, columns in FIXED_AUDIENCES.items() for column in columns},
    **{str(column): field.audience for field in AUDIENCE_FIELDS.values() for column in field.columns},
}


def audience_of(column: Column) -> AudienceOf:
    """Return the audience of a column of ``Account`` or ``Profile``, in the form that ``policies.admits`` takes.

    It is the column that holds the chosen audience, a fixed ``Audience``, or ``None`` for a column that nobody may see.
    Raise ``LookupError`` if none is declared.
    """
    try:
        return AUDIENCE_BY_COLUMN[str(column)]
    except KeyError:
        raise LookupError(f"no audience is declared for {column}") from None
