"""Who may see whom, as conditions of SQL: what a caller may not see never leaves the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.core.clock import now
from portal.permissions.catalogue import Permission
from portal.profiles.models import Audience, Profile


def sees_everything(actor: Actor) -> bool:
    """The office and the portal itself."""
    return actor.may(Permission.PEOPLE_READ_ALL)


def in_good_standing() -> ColumnElement[bool]:
    """Verified and not banned."""
    return and_(Account.verified_at.is_not(None), or_(Account.banned_at.is_(None), Account.banned_until <= now()))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Accounts that exist for the caller: nobody for strangers, everybody for the office."""
    if sees_everything(actor):
        return true()
    if actor.account_id is None:
        return false()
    return or_(Account.id == actor.account_id, in_good_standing())


def listed() -> ColumnElement[bool]:
    """Accounts that appear among alumni in lists and counts, whoever looks: no staff, nobody unverified or banned."""
    return and_(in_good_standing(), Account.role != Role.STAFF)


def admits(audience: SQLColumnExpression[str], actor: Actor) -> ColumnElement[bool]:
    """Whether the audience of one field of ``Profile`` includes the caller."""
    if sees_everything(actor):
        return true()
    if actor.account_id is None:
        return audience == Audience.PUBLIC
    open_to = {Audience.PUBLIC, Audience.MEMBERS} | ({Audience.ALUMNI} if actor.role == Role.ALUMNI else set())
    mine = aliased(Profile)
    my_year = select(mine.graduation_year).where(mine.account_id == actor.account_id).scalar_subquery()
    return or_(
        Profile.account_id == actor.account_id,
        audience.in_(sorted(open_to)),
        and_(audience == Audience.SAME_YEAR, Profile.graduation_year == my_year),
    )
