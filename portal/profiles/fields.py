"""Every column of ``Profile`` and ``Account`` and who may see it: the one table behind statements, forms and tests.

A column that is not named here makes a test fail, so nothing new can be shown before somebody decided to whom.
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
    """What belongs together in a profile, and the column in which its owner says who may see it.

    ``widest`` is the widest audience that can be chosen.
    """

    name: str
    columns: tuple[Column, ...]
    audience: InstrumentedAttribute[str]
    widest: Audience = Audience.PUBLIC

    @property
    def key(self) -> str:
        """The name of the column with the audience, as forms and changes call it."""
        return self.audience.key

    @property
    def offered(self) -> tuple[Audience, ...]:
        """The audiences that can be chosen, from the narrowest."""
        every = tuple(Audience)
        return every[: every.index(self.widest) + 1]


CHOSEN: dict[str, Field] = {
    field.name: field
    for field in (
        Field("city", (Profile.city_id,), Profile.city_audience),
        Field("telegram", (Profile.telegram_alias,), Profile.telegram_audience),
        Field("email", (Account.email,), Profile.email_audience),
        Field("year", (Profile.graduation_year, Profile.programme), Profile.year_audience),
        Field("work", (Profile.work,), Profile.work_audience),
        Field("biography", (Profile.biography,), Profile.biography_audience),
        # Strangers see no events, so nobody is offered to be shown to them there.
        Field("events", (), Profile.events_audience, widest=Audience.MEMBERS),
    )
}
"""What people choose the audience of, in the order in which they are asked."""

FIXED: dict[Audience | None, tuple[Column, ...]] = {
    # Whoever is found at all has a name: members by members, others by strangers once something of theirs is public.
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
        *(field.audience for field in CHOSEN.values()),
        Profile.class_year,
        Profile.created_at,
        Profile.updated_at,
        Account.created_at,
        Account.updated_at,
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
    None: (Account.search, Account.sort_name, Account.password_hash, Account.totp_secret, Account.totp_step),
}
"""Audiences that nobody chooses; the office sees what only oneself sees. ``None``: it is shown to nobody."""


AudienceOf = InstrumentedAttribute[str] | Audience | None

DECLARED: dict[str, AudienceOf] = {
    **{str(column): audience for audience, columns in FIXED.items() for column in columns},
    **{str(column): field.audience for field in CHOSEN.values() for column in field.columns},
}


def audience_of(column: Column) -> AudienceOf:
    """The audience of one column, as ``policies.admits`` takes it; raises ``LookupError`` where none is declared."""
    try:
        return DECLARED[str(column)]
    except KeyError:
        raise LookupError(f"nobody has declared who may see {column}") from None
