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
"""The instant at which a statement is executed, not built."""


def is_active_account() -> ColumnElement[bool]:
    """Return the condition that the account is verified and not banned."""
    return and_(Account.verified_at.is_not(None), or_(Account.banned_at.is_(None), Account.banned_until <= NOW))


def visible_to(who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the condition of accounts that exist for the caller: none for visitors, all for the office."""
    viewer = viewer_of(who)
    if viewer.sees_all_accounts:
        return true()
    if viewer.is_visitor:
        return false()
    return or_(is_own_account(viewer), is_active_account())


def found_by(who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the condition of accounts whose page the caller may open by its URL.

    Visitors may open the page of people who show something to everybody.
    """
    viewer = viewer_of(who)
    if not viewer.is_visitor:
        return visible_to(viewer)
    is_public = (
        and_(field.audience == Audience.PUBLIC, column.is_not(None))
        for field in AUDIENCE_FIELDS.values()
        for column in field.columns
    )
    return and_(is_active_account(), or_(*is_public))


def listed() -> ColumnElement[bool]:
    """Return the condition of accounts in lists and counts of alumni: neither staff nor unverified nor banned."""
    return and_(is_active_account(), Account.role != Role.STAFF)


def unlisted() -> ColumnElement[bool]:
    """Return the opposite of ``listed``; never NULL, so that every account satisfies one of the two."""
    is_banned = and_(Account.banned_at.is_not(None), or_(Account.banned_until.is_(None), Account.banned_until > NOW))
    return or_(Account.verified_at.is_(None), is_banned, Account.role == inline_literal(Role.STAFF.value))


def of_listed() -> ColumnElement[bool]:
    """Return ``listed`` as a condition on profiles alone.

    Leaving out the few accounts that are not listed costs a fifth of reading every account.
    """
    return Profile.account_id.not_in(select(Account.id).where(unlisted()))


def admits(audience: AudienceOf, who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the condition that an audience includes the caller, for statements with ``Account`` and ``Profile``."""
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
    """Return the condition that the account is the viewer's own."""
    return false() if viewer.account_id is None else Account.id == viewer.account_id
