"""People as the office knows them, in whatever standing: lists and searches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from portal.accounts.models import Account, VerifiedBy
from portal.admin.filters import PeopleFilter, Standing
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_start
from portal.extensions import db
from portal.profiles.fields import Column
from portal.profiles.lookups import note_list
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import in_good_standing
from portal.profiles.viewers import closely
from portal.profiles.visibility import PersonCard, cards_seen_by, city_of, shown

NEWEST_FIRST = (Account.id.desc(),)
COUNTED_MAX = 1000
OFFICE_COLUMNS: tuple[Column, ...] = (
    Account.email,
    Account.created_at,
    Account.verified_at,
    Profile.telegram_alias,
    Profile.biography,
    Profile.city_audience,
    Profile.class_year,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePerson(PersonCard):
    """Somebody with all that the office may know."""

    email: str
    telegram_alias: str | None
    biography: str | None
    show_location: bool
    asked_at: datetime
    is_verified: bool
    is_banned: bool
    waits_for_link: bool
    class_year: int | None

    @property
    def has_unconfirmed_year(self) -> bool:
        """They give another year than the one that they registered with or the office confirmed."""
        return self.graduation_year is not None and self.graduation_year != self.class_year

    @property
    def state(self) -> str | None:
        """The word for whoever cannot come in, as ``state_pill`` knows it; nothing for members."""
        if self.is_banned:
            return "banned"
        if self.is_verified:
            return None
        return "unproven" if self.waits_for_link else "unverified"


def users(
    actor: Actor,
    *,
    search: str | None = None,
    banned: bool | None = None,
    verified: bool | None = None,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[OfficePerson]:
    """Everybody who has an account and matches, the newest first."""
    statement = people_rows(actor).where(*matches(search or ""))
    if banned is not None:
        statement = statement.where(is_banned() if banned else ~is_banned())
    if verified is not None:
        statement = statement.where(Account.verified_at.is_not(None) if verified else Account.verified_at.is_(None))
    scope = f"office users {search} {banned} {verified}"
    page = keyset_page(statement, order=NEWEST_FIRST, cursor=cursor, limit=limit, scope=scope)
    return Page(noted(actor, page.items), page.next_cursor)


def banned_people(actor: Actor) -> list[OfficePerson]:
    """Everybody who is banned now."""
    return noted(actor, db.session.execute(people_rows(actor).where(is_banned()).order_by(*NEWEST_FIRST)))


def people_until(actor: Actor, wanted: PeopleFilter, *, until: str | None) -> Page[OfficePerson]:
    """The list that the filter describes, from its start to one page beyond the cursor ``until``."""
    statement = people_rows(actor).where(*narrowed(wanted))
    page = keyset_start(statement, order=NEWEST_FIRST, until=until, scope=wanted.scope)
    return Page(noted(actor, page.items), page.next_cursor)


def noted(actor: Actor, rows: Iterable[Row[Any]]) -> list[OfficePerson]:
    """The records of rows of ``people_rows``; each of these people can read that the office saw them in a list."""
    people = [as_person(row) for row in rows]
    note_list(actor, (person.id for person in people))
    return people


def count(wanted: PeopleFilter) -> int:
    """How long that list is; beyond ``COUNTED_MAX`` nobody counts on."""
    rows = select(Account.id).where(*narrowed(wanted)).limit(COUNTED_MAX + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def narrowed(wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions = matches(wanted.search)
    if wanted.standing is not None:
        conditions.append(stands(wanted.standing))
    if wanted.role is not None:
        conditions.append(Account.role == wanted.role)
    return conditions


def stands(standing: Standing) -> ColumnElement[bool]:
    if standing is Standing.MEMBER:
        return in_good_standing()
    if standing is Standing.WAITING:
        return waits_for_office()
    return waits_for_link() if standing is Standing.UNPROVEN else is_banned()


def waits_for_office() -> ColumnElement[bool]:
    return and_(Account.verification == VerifiedBy.OFFICE, Account.verified_at.is_(None), ~is_banned())


def waits_for_link() -> ColumnElement[bool]:
    """Whoever is on the allow list comes in by the link in their mail, not by the office."""
    return and_(Account.verification == VerifiedBy.MAIL, Account.verified_at.is_(None), ~is_banned())


def is_banned() -> ColumnElement[bool]:
    ends_later = or_(Account.banned_until.is_(None), Account.banned_until > now())
    return and_(Account.banned_at.is_not(None), ends_later)


def matches(search: str) -> list[ColumnElement[bool]]:
    """Every word must occur in the name or in the address."""
    everything = func.lower(Account.first_name + " " + Account.last_name + " " + Account.email)
    return [everything.contains(word, autoescape=True) for word in search.lower().split()]


def people_rows(actor: Actor) -> Select[Any]:
    """People with the columns of ``as_person``."""
    viewer = closely(actor)
    states = (is_banned().label("is_banned"), waits_for_link().label("waits_for_link"))
    return cards_seen_by(viewer).add_columns(*shown(OFFICE_COLUMNS, viewer), *states)


def as_person(row: Row[Any]) -> OfficePerson:
    """The record of one row of ``people_rows``."""
    return OfficePerson(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        role=row.role,
        graduation_year=row.graduation_year,
        work=row.work,
        avatar_id=row.avatar_id,
        city=city_of(row),
        email=row.email,
        telegram_alias=row.telegram_alias,
        biography=row.biography,
        show_location=row.city_audience not in {None, Audience.ME},
        asked_at=row.created_at,
        is_verified=row.verified_at is not None,
        is_banned=row.is_banned,
        waits_for_link=row.waits_for_link,
        class_year=row.class_year,
    )
