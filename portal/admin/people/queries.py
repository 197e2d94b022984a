"""People as the alumni office knows them, of every account status: lists and searches."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true

from portal.accounts.models import Account, Role, VerifiedBy
from portal.admin.people.filters import AccountStatus, OfficePeopleFilter
from portal.core.actor import Actor
from portal.core.alphabets import viewer_language
from portal.core.db.lists import (
    LIMIT_DEFAULT,
    SHAPES_MAX,
    ListQuery,
    ListStatement,
    Page,
    caller_values,
    kind_of,
)
from portal.core.db.raw_queries import RawQuery
from portal.directory.name_search import match_names_and_emails
from portal.directory.nearest_names import NEAREST_MAX, nearest_names
from portal.extensions import db
from portal.profiles.fields import Column
from portal.profiles.models import Audience, Profile
from portal.profiles.office_access import record_list_view
from portal.profiles.policies import NOW, is_active_account
from portal.profiles.viewers import staff_viewer
from portal.profiles.visibility import PersonCard, cards_seen_by, city_of, visible_columns

NEWEST_FIRST = (Account.id.desc(),)
COUNTED_MAX = 1000
OFFICE_COLUMNS: tuple[Column, ...] = (
    Account.email,
    Account.created_at,
    Account.verified_at,
    Account.email_confirmed_at,
    Profile.telegram_alias,
    Profile.biography,
    Profile.city_audience,
    Profile.class_year,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePerson(PersonCard):
    """A person as the office knows them; ``class_year`` is the graduation year that audiences compare.

    ``show_location`` says whether the person shares their city with anybody.
    """

    email: str
    telegram_alias: str | None
    biography: str | None
    show_location: bool
    city_audience: str | None
    registered_at: datetime
    email_confirmed_at: datetime | None
    is_verified: bool
    is_banned: bool
    awaits_confirmation: bool
    class_year: int | None

    @property
    def has_unconfirmed_year(self) -> bool:
        """Whether the profile shows a graduation year other than ``class_year``, which is the confirmed one.

        The class year is the one given at registration or last confirmed by the office.
        """
        return self.graduation_year is not None and self.graduation_year != self.class_year

    @property
    def state(self) -> str | None:
        """The state, for ``state_pill``, of a person who cannot sign in; ``None`` for members.

        ``banned``; else ``unproven`` for somebody on the allow list who has not confirmed their email, and
        ``unverified`` for somebody who waits for the office.
        """
        if self.is_banned:
            return "banned"
        if self.is_verified:
            return None
        return "unproven" if self.awaits_confirmation else "unverified"


def page_of_users(
    actor: Actor,
    *,
    search: str | None = None,
    banned: bool | None = None,
    verified: bool | None = None,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[OfficePerson]:
    """Return one page of the accounts that match all given criteria, the newest first.

    ``search`` holds words of names or emails. It is recorded in the audit trail that the actor saw these people. Raise
    ``Invalid`` for a cursor of another list or other criteria.
    """
    listed = _list_of(actor, search or "", banned=banned, verified=verified)
    scope = f"office users {search} {banned} {verified}"
    page = listed.page(values=caller_values(actor), scope=scope, cursor=cursor, limit=limit)
    return Page(viewed_people(actor, page.items), page.next_cursor)


def banned_people(actor: Actor) -> list[OfficePerson]:
    """Return everybody who is banned now, the newest account first.

    It is recorded in the audit trail that the actor saw them.
    """
    return viewed_people(actor, _banned(kind_of(actor)).rows(**caller_values(actor)))


@lru_cache(SHAPES_MAX)
def _banned(actor: Actor) -> RawQuery:
    return RawQuery(select_people(actor).where(is_banned()).order_by(*NEWEST_FIRST))


def page_until(actor: Actor, filters: OfficePeopleFilter, *, until: str | None) -> Page[OfficePerson]:
    """Return the filtered list from its start to one page beyond the cursor ``until``, or its first page without one.

    The newest account comes first. It is recorded in the audit trail that the actor saw these people. Raise ``Invalid``
    for a cursor of another list or filter.
    """
    listed = _list_of(actor, filters.search, status=filters.status, role=filters.role)
    page = listed.page_until(values=caller_values(actor), scope=filters.scope, until=until)
    return Page(viewed_people(actor, page.items), page.next_cursor)


def nearest(actor: Actor, filters: OfficePeopleFilter) -> list[OfficePerson]:
    """Return up to ``NEAREST_MAX`` people of the names nearest to the search of a filter that matches nobody.

    Other criteria of the filter do not count, and an email is no name. It is recorded in the audit trail that the actor
    saw these people.
    """
    match = None if "@" in filters.search else nearest_names(filters.search, true())
    if match is None:
        return []
    statement = select_people(actor).where(match.condition).order_by(*match.order(viewer_language()))
    return viewed_people(actor, db.session.execute(statement.limit(NEAREST_MAX)))


def viewed_people(actor: Actor, rows: Iterable[Row[Any]]) -> list[OfficePerson]:
    """Return the people whom rows of ``select_people`` hold, and record in the audit trail that the actor saw them."""
    people = [to_person(row) for row in rows]
    record_list_view(actor, (person.id for person in people))
    return people


def count(filters: OfficePeopleFilter) -> int:
    """Return how many accounts match the filter, at most ``COUNTED_MAX + 1``."""
    matching = select(Account.id).where(*_conditions(filters.search, status=filters.status, role=filters.role))
    rows = matching.limit(COUNTED_MAX + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _list_of(actor: Actor, search: str, **criteria: Hashable) -> ListStatement:
    """Return the statement of the people who match; one with a searched text is built for it and not kept."""
    shape = (kind_of(actor), tuple(criteria.items()))
    return _select(*shape, search) if search else _PEOPLE.statement(*shape)


def _select(actor: Actor, criteria: tuple[tuple[str, Any], ...], search: str = "") -> ListStatement:
    return ListStatement(select_people(actor).where(*_conditions(search, **dict(criteria))), NEWEST_FIRST)


_PEOPLE = ListQuery(_select)


def _conditions(
    search: str,
    *,
    status: AccountStatus | None = None,
    role: Role | None = None,
    banned: bool | None = None,
    verified: bool | None = None,
) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of the given criteria, for a statement over ``Account``; none for ``None``."""
    conditions = match_names_and_emails(search)
    if status is not None:
        conditions.append(has_status(status))
    if role is not None:
        conditions.append(Account.role == role)
    if banned is not None:
        conditions.append(is_banned() if banned else ~is_banned())
    if verified is not None:
        conditions.append(Account.verified_at.is_not(None) if verified else Account.verified_at.is_(None))
    return conditions


def has_status(status: AccountStatus) -> ColumnElement[bool]:
    """Return the SQL condition that an account has the given account status now."""
    if status is AccountStatus.MEMBER:
        return is_active_account()
    if status is AccountStatus.WAITING:
        return awaits_office()
    return awaits_confirmation() if status is AccountStatus.UNCONFIRMED else is_banned()


def awaits_office() -> ColumnElement[bool]:
    """Return the SQL condition that an account, neither verified nor banned, has to be verified by the office."""
    return and_(Account.verification == VerifiedBy.OFFICE, Account.verified_at.is_(None), ~is_banned())


def awaits_confirmation() -> ColumnElement[bool]:
    """Return the SQL condition that an account, on the allow list and not banned, has not confirmed its email.

    The person is verified by the link in the email that they got, not by the office.
    """
    return and_(Account.verification == VerifiedBy.MAIL, Account.verified_at.is_(None), ~is_banned())


def is_banned() -> ColumnElement[bool]:
    """Return the SQL condition that an account is banned now: a ban that has ended does not count."""
    ends_later = or_(Account.banned_until.is_(None), Account.banned_until > NOW)
    return and_(Account.banned_at.is_not(None), ends_later)


def select_people(actor: Actor) -> Select[Any]:
    """Return a statement for the people whom the actor may see, with the columns that ``to_person`` reads.

    For the office no column is hidden; for others, those whose audience leaves them out are NULL.
    """
    viewer = staff_viewer(actor)
    states = (is_banned().label("is_banned"), awaits_confirmation().label("awaits_confirmation"))
    return cards_seen_by(viewer).add_columns(*visible_columns(OFFICE_COLUMNS, viewer), *states)


def to_person(row: Row[Any]) -> OfficePerson:
    """Return the person whom one row of ``select_people`` holds."""
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
        city_audience=row.city_audience,
        registered_at=row.created_at,
        email_confirmed_at=row.email_confirmed_at,
        is_verified=row.verified_at is not None,
        is_banned=row.is_banned,
        awaits_confirmation=row.awaits_confirmation,
        class_year=row.class_year,
    )
