"""Who may see whom, as conditions of SQL: what a caller may not see never leaves the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, DateTime, and_, bindparam, false, or_, select, true

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import inline_literal
from portal.profiles.fields import CHOSEN, AudienceOf
from portal.profiles.models import Audience, Profile
from portal.profiles.viewers import Viewer, viewer_of

NOW: BindParameter[datetime] = bindparam("now", callable_=now, type_=DateTime(timezone=True))
"""The moment at which a statement is executed, not made."""


def in_good_standing() -> ColumnElement[bool]:
    """Verified and not banned."""
    return and_(Account.verified_at.is_not(None), or_(Account.banned_at.is_(None), Account.banned_until <= NOW))


def visible_to(who: Actor | Viewer) -> ColumnElement[bool]:
    """Accounts that exist for the caller: nobody for strangers, everybody for the office."""
    viewer = viewer_of(who)
    if viewer.knows_everybody:
        return true()
    if viewer.is_stranger:
        return false()
    return or_(is_themselves(viewer), in_good_standing())


def found_by(who: Actor | Viewer) -> ColumnElement[bool]:
    """The same for whoever has somebody's address: strangers find those who show everybody something."""
    viewer = viewer_of(who)
    if not viewer.is_stranger:
        return visible_to(viewer)
    told = (
        and_(field.audience == Audience.PUBLIC, column.is_not(None))
        for field in CHOSEN.values()
        for column in field.columns
    )
    return and_(in_good_standing(), or_(*told))


def listed() -> ColumnElement[bool]:
    """Accounts that appear among alumni in lists and counts, whoever looks: no staff, nobody unverified or banned."""
    return and_(in_good_standing(), Account.role != Role.STAFF)


def unlisted() -> ColumnElement[bool]:
    """All other accounts; it is never unknown, so that nobody is between the two."""
    is_banned = and_(Account.banned_at.is_not(None), or_(Account.banned_until.is_(None), Account.banned_until > NOW))
    return or_(Account.verified_at.is_(None), is_banned, Account.role == inline_literal(Role.STAFF.value))


def of_listed() -> ColumnElement[bool]:
    """``listed`` as a condition on profiles alone: the few accounts that are not are left out of all profiles, which
    costs a fifth of reading every account.
    """
    return Profile.account_id.not_in(select(Account.id).where(unlisted()))


def admits(audience: AudienceOf, who: Actor | Viewer) -> ColumnElement[bool]:
    """Whether the audience of one field of a profile includes the caller; ``Account`` and ``Profile`` are beside it."""
    viewer = viewer_of(who)
    if audience is None:
        return false()
    if viewer.sees_everything:
        return true()
    if isinstance(audience, Audience):
        return true() if audience in viewer.circles else is_themselves(viewer)
    same_year: ColumnElement[bool] = false()
    if viewer.class_year is not None:
        same_year = and_(audience == Audience.SAME_YEAR, Profile.class_year == viewer.class_year)
    is_own: ColumnElement[bool] = false() if viewer.account_id is None else Profile.account_id == viewer.account_id
    return or_(is_own, audience.in_(sorted(viewer.circles)), same_year)


def is_themselves(viewer: Viewer) -> ColumnElement[bool]:
    return false() if viewer.account_id is None else Account.id == viewer.account_id
