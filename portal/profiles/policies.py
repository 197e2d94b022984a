"""Who may see whom, as SQL conditions: what a caller may not see never leaves the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, DateTime, and_, bindparam, false, or_, select, true

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import inline_literal
from portal.profiles.fields import AUDIENCE_FIELDS, AudienceOf
from portal.profiles.models import Audience, Profile
from portal.profiles.viewers import Viewer, viewer_of

NOW: BindParameter[datetime] = bindparam("now", callable_=now, type_=DateTime(timezone=True))
"""A parameter with the time at which a statement is executed, not that at which it was built."""


def is_active_account() -> ColumnElement[bool]:
    """Return the SQL condition that an account is verified and not banned; a ban that has ended does not count."""
    return and_(Account.verified_at.is_not(None), or_(Account.banned_at.is_(None), Account.banned_until <= NOW))


def visible_to(who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the SQL condition of the accounts that exist for a viewer, for statements with ``Account``.

    These are none for visitors, their own for people who wait for the office, all for the office and the system, and
    for members their own and every active account.
    """
    viewer = viewer_of(who)
    if viewer.sees_all_accounts:
        return true()
    if viewer.is_visitor:
        return is_own_account(viewer)
    return or_(is_own_account(viewer), is_active_account())


def found_by(who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the SQL condition of the accounts whose page a viewer may open by its URL.

    For visitors these are active accounts with at least one filled field whose audience is everybody, for people who
    wait for the office also their own; for anybody else those of ``visible_to``. The statement must join ``Profile``.
    """
    viewer = viewer_of(who)
    if not viewer.is_visitor:
        return visible_to(viewer)
    is_public = (
        and_(field.audience == Audience.PUBLIC, column.is_not(None))
        for field in AUDIENCE_FIELDS.values()
        for column in field.columns
    )
    return or_(is_own_account(viewer), and_(is_active_account(), or_(*is_public)))


def listed() -> ColumnElement[bool]:
    """Return the SQL condition that an account is in lists, counts and maps: verified, not banned and not staff."""
    return and_(is_active_account(), Account.role != Role.STAFF)


def unlisted() -> ColumnElement[bool]:
    """Return the SQL condition that an account is in no list: not verified, banned, or staff.

    It is never NULL, so every account satisfies either this or ``listed``.
    """
    is_banned = and_(Account.banned_at.is_not(None), or_(Account.banned_until.is_(None), Account.banned_until > NOW))
    return or_(Account.verified_at.is_(None), is_banned, Account.role == inline_literal(Role.STAFF.value))


def of_listed() -> ColumnElement[bool]:
    """Return the SQL condition that a profile is that of a listed account, without joining ``Account``.

    It excludes the few unlisted accounts by a subquery, which costs a fifth of reading every account.
    """
    return Profile.account_id.not_in(select(Account.id).where(unlisted()))


def admits(audience: AudienceOf, who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the SQL condition that a viewer may see a column with this audience.

    ``audience`` is a result of ``audience_of``: a column, a fixed audience, or ``None`` for nobody. People see
    everything of their own, and viewers with ``sees_all_fields`` everything of everybody, except what nobody may see.
    The statement must join ``Account`` and ``Profile``.
    """
    viewer = viewer_of(who)
    if audience is None:
        return false()
    if viewer.sees_all_fields:
        return true()
    if isinstance(audience, Audience):
        return true() if audience in viewer.audiences else is_own_account(viewer)
    same_year: ColumnElement[bool] = false()
    if viewer.class_year is not None:
        same_year = and_(audience == Audience.SAME_YEAR, Profile.class_year == viewer.class_year)
    is_own: ColumnElement[bool] = false() if viewer.account_id is None else Profile.account_id == viewer.account_id
    return or_(is_own, audience.in_(sorted(viewer.audiences)), same_year)


def is_own_account(viewer: Viewer) -> ColumnElement[bool]:
    """Return the SQL condition that the account in a row is the viewer's own; false for viewers without an account."""
    return false() if viewer.account_id is None else Account.id == viewer.account_id
