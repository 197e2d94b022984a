"""The counters of people by city, as statements: what a viewer may know of them.

Counters ignore bans that end by themselves, because nothing is written when a ban ends; whoever is banned for a time is
subtracted when the counters are read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Integer,
    SQLColumnExpression,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from portal.accounts.models import Account, Role
from portal.alumni_map.models import CityCounter
from portal.core.actor import Actor
from portal.core.db.base import AnySelect, inline_literal
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import NOW, listed
from portal.profiles.viewers import Viewer, viewer_of

SHARED_WITH_ALL: tuple[Audience, ...] = (Audience.ALUMNI, Audience.MEMBERS, Audience.PUBLIC)
"""The audiences whose people are on the public map."""


def shown_to(actor: Actor) -> AnySelect:
    """Return the SELECT of the numbers of listed people by city, as far as the actor may know them.

    Its columns are ``city_id`` and ``people``; cities without people are left out. People count in their own city even
    if they hide it from everybody.
    """
    viewer = viewer_of(actor)
    steps = [
        _counted(_admits(viewer, CityCounter.audience, CityCounter.class_year)),
        _banned(_admits(viewer, Profile.city_audience, Profile.class_year)),
    ]
    if viewer.account_id is not None:
        steps.append(hidden_by(actor))
    return _by_city(steps)


def shared_with_all() -> AnySelect:
    """Return the SELECT of the numbers of listed people by city who show it to all alumni or a wider audience.

    Its columns are ``city_id`` and ``people``; cities without people are left out.
    """
    counted = _counted(_is_any_of(CityCounter.audience, SHARED_WITH_ALL))
    return _by_city([counted, _banned(_is_any_of(Profile.city_audience, SHARED_WITH_ALL))])


def everybody() -> ColumnElement[int]:
    """Return the SQL expression of the number of all listed people, with and without a city."""
    counted = select(func.coalesce(func.sum(CityCounter.people), 0)).scalar_subquery()
    banned = select(func.coalesce(func.sum(_banned(true()).subquery().c.people), 0)).scalar_subquery()
    return cast(counted + banned, Integer)


def hidden_by(actor: Actor) -> AnySelect:
    """Return the SELECT of the one city that only the actor knows to be theirs: they hide it from people like them.

    Its columns are ``city_id`` and ``people``, which is 1. There is no row if the actor is not listed.
    """
    viewer = viewer_of(actor)
    is_shown = _admits(viewer, Profile.city_audience, Profile.class_year)
    own = select(Profile.city_id, literal(1, Integer).label("people")).join(Account, Account.id == Profile.account_id)
    is_hidden = and_(Profile.city_id.is_not(None), is_shown.is_not(true()))
    return own.where(Profile.account_id == viewer.account_id, listed(), is_hidden)


def is_counted() -> ColumnElement[bool]:
    """Return the SQL condition that the triggers count an account: listed, or it will be when its ban ends."""
    is_banned_for_ever = and_(Account.banned_at.is_not(None), Account.banned_until.is_(None))
    return and_(Account.verified_at.is_not(None), Account.role != Role.STAFF, ~is_banned_for_ever)


def _admits(
    viewer: Viewer, audience: SQLColumnExpression[str], class_year: SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Return the SQL condition that the viewer may see the cities of people with this audience, who are not their own.

    ``class_year`` is that of the people.
    """
    if viewer.sees_all_fields:
        return true()
    same_year: ColumnElement[bool] = false()
    if viewer.class_year is not None:
        same_year = and_(audience == Audience.SAME_YEAR, class_year == viewer.class_year)
    return or_(_is_any_of(audience, viewer.audiences), same_year)


def _is_any_of(audience: SQLColumnExpression[str], audiences: Iterable[Audience]) -> ColumnElement[bool]:
    """Return the SQL condition that ``audience`` is one of ``audiences``, which are constants of the statement.

    With parameters PostgreSQL would make a list of them anew for each row.
    """
    return audience.in_([inline_literal(each.value) for each in sorted(audiences)])


def _counted(is_shown: ColumnElement[bool]) -> AnySelect:
    return select(CityCounter.city_id, CityCounter.people).where(is_shown)


def _banned(is_shown: ColumnElement[bool]) -> AnySelect:
    """Return the SELECT of -1 for each counted person who is banned for a time; ``is_shown`` is about ``Profile``."""
    # Without IS NOT NULL the planner expects a third of all accounts after an unknown time, and plans each execution.
    is_for_a_time = and_(Account.banned_until.is_not(None), Account.banned_until > NOW)
    is_banned = and_(is_counted(), Account.banned_at.is_not(None), is_for_a_time)
    people = select(Profile.city_id, literal(-1, Integer).label("people"))
    return people.join(Account, Account.id == Profile.account_id).where(is_banned, is_shown)


def _by_city(steps: list[AnySelect]) -> AnySelect:
    """Return the SELECT of the sums of ``people`` of several SELECTs by ``city_id``, without rows that have no city."""
    each = union_all(*steps).subquery()
    people = cast(func.sum(each.c.people), Integer).label("people")
    in_cities = select(each.c.city_id, people).where(each.c.city_id.is_not(None)).group_by(each.c.city_id)
    return in_cities.having(func.sum(each.c.people) > 0)
