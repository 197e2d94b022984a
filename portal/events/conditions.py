"""SQL conditions and sort orders of events, for the statements of ``queries`` and of other features."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, case, func, literal, or_, select, true
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.text import LIKE_ESCAPE, latinise, like_pattern
from portal.events import policies
from portal.events.filters import Tab
from portal.events.models import DURATION_MAX, Attendance, Event, Participation
from portal.profiles.models import Profile
from portal.profiles.policies import NOW, admits
from portal.profiles.policies import visible_to as people_visible_to

BEFORE_ALL = datetime(1900, 1, 1, tzinfo=UTC)
AFTER_ALL = datetime(2200, 1, 1, tzinfo=UTC)
"""Instants outside the years that an event can have, in place of a sort value that does not apply to it."""


def is_not_over() -> ColumnElement[bool]:
    """Return the SQL condition that an event is running or still to come at its execution, cancelled or not."""
    # The first condition follows from the second and lets the index skip what is long past.
    return and_(Event.starts_at > NOW - DURATION_MAX, Event.over_at > NOW)


def is_over() -> ColumnElement[bool]:
    """Return the SQL condition that an event is over at its execution, cancelled or not."""
    return and_(Event.starts_at <= NOW, Event.over_at <= NOW)


def takes_place() -> ColumnElement[bool]:
    """Return the SQL condition that an event is approved, not cancelled, and running or still to come.

    Counts and short lists of coming events, such as those of a city, are made of these.
    """
    return and_(Event.approval == Approval.APPROVED, Event.cancelled_at.is_(None), is_not_over())


def attended_by(account_id: uuid.UUID, *states: Attendance) -> ColumnElement[bool]:
    """Return the SQL condition that a person attends the event in one of ``states``, by default in any."""
    event_ids = select(Participation.event_id).where(
        Participation.account_id == account_id, Participation.state.in_(states or tuple(Attendance))
    )
    return Event.id.in_(event_ids)


def visibly_attended_by(actor: Actor, account_id: uuid.UUID | BindParameter[uuid.UUID]) -> ColumnElement[bool]:
    """Return the SQL condition that the actor may know that a person goes to the event.

    The person must exist for the actor and share their attendance (see ``shares_attendance``).
    """
    event_ids = (
        select(Participation.event_id)
        .join(Event, Event.id == Participation.event_id)
        .join(Account, Account.id == Participation.account_id)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .where(Participation.account_id == account_id, Participation.state == Attendance.GOING)
        .where(people_visible_to(actor), shares_attendance(actor))
        .correlate(None)
    )
    return Event.id.in_(event_ids)


def shares_attendance(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition that a participant shares their attendance at an event with the actor.

    The organiser of the event always does. Others do with its organiser, with the office, and with the audience of
    their events. The statement must join ``Event``, ``Participation``, ``Account`` and ``Profile``.
    """
    if policies.is_office(actor):
        return true()
    is_organiser = Participation.account_id == Event.owner_id
    return or_(is_organiser, Event.owner_id == actor.account_id, admits(Profile.events_audience, actor))


def participant_count(state: Attendance) -> ColumnElement[int]:
    """Return a scalar subquery with the number of people whose attendance at the event is ``state``.

    It counts everybody, visible to the viewer or not, and is a column for statements over ``Event``.
    """
    return (
        select(func.count())
        .where(Participation.event_id == Event.id, Participation.state == state)
        .correlate(Event)
        .scalar_subquery()
    )


def order_of(tab: Tab) -> tuple[UnaryExpression[Any], ...]:
    """Return the ``ORDER BY`` terms of a tab, the last of which is the id.

    Upcoming events begin with the next, past ones with the latest. Lists of both begin with the next that is not over,
    and their past events, the latest first, follow after all others.
    """
    if tab is Tab.UPCOMING:
        return (Event.starts_at.asc(), Event.id.asc())
    if tab is Tab.PAST:
        return (Event.starts_at.desc(), Event.id.asc())
    over = is_over()
    first, last = (literal(instant, Event.starts_at.type) for instant in (BEFORE_ALL, AFTER_ALL))
    return (
        case((over, 1), else_=0).asc(),
        case((over, last), else_=Event.starts_at).asc(),
        case((over, Event.starts_at), else_=first).desc(),
        Event.id.asc(),
    )


@dataclass(frozen=True, slots=True)
class SearchedText:
    """A text to look for in events: in which column, and as which pattern of ``LIKE``."""

    class Kind(Enum):
        """Where to look: in titles and places without accents and in one script, or as they were typed."""

        LATINISED = auto()
        AS_TYPED = auto()

    kind: Kind
    pattern: str


def searched_text(text: str) -> SearchedText:
    """Return the pattern for events whose title or place contains ``text``.

    Case, accents and separators make no difference, nor does the script: Ё is Е, and Казань is Kazan. Text without any
    letter or digit is looked for as it is.
    """
    searched = latinise(text).replace("|", " ").strip()
    if searched:
        return SearchedText(SearchedText.Kind.LATINISED, like_pattern(searched))
    return SearchedText(SearchedText.Kind.AS_TYPED, like_pattern(text))


def contains(kind: SearchedText.Kind, pattern: str | BindParameter[str]) -> ColumnElement[bool]:
    """Return the SQL condition that the title or the place of an event fits the pattern of a ``SearchedText``."""
    if kind is SearchedText.Kind.LATINISED:
        return Event.search.like(pattern, escape=LIKE_ESCAPE)
    return or_(Event.title.ilike(pattern, escape=LIKE_ESCAPE), Event.place.ilike(pattern, escape=LIKE_ESCAPE))


def in_tab(actor: Actor, tab: Tab) -> ColumnElement[bool]:
    """Return the SQL condition that an event belongs to the actor's ``tab``.

    Upcoming and past events are approved ones, for the office too; a cancelled one is upcoming until it would be over.
    ``MINE`` are those that the actor organises, ``JOINED`` those of others that the actor goes to or waits for, in
    every state.
    """
    if tab is Tab.MINE:
        return Event.owner_id == actor.id
    if tab is Tab.JOINED:
        return and_(attended_by(actor.id), Event.owner_id != actor.id)
    return and_(Event.approval == Approval.APPROVED, is_not_over() if tab is Tab.UPCOMING else is_over())


def waits_for_review() -> ColumnElement[bool]:
    """Return the SQL condition that an event waits for review by the office and is not cancelled."""
    return and_(Event.approval == Approval.PENDING, Event.cancelled_at.is_(None))
