"""The people who go to an event or wait for a place, as far as the actor may know it."""

from __future__ import annotations

import uuid
from functools import lru_cache

from sqlalchemy import bindparam, func

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.core.db.lists import SHAPES_MAX, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.events.conditions import shares_attendance
from portal.events.models import Attendance, Event, Participation
from portal.events.queries.visibility import visible_to
from portal.profiles.visibility import PersonCard, cards_seen_by
from portal.profiles.visibility import card as person_card

FIRST_PARTICIPANTS = 6
WAITING_SHOWN = 200
BY_JOINING = (Participation.joined_at.asc(), Participation.account_id.asc())


def first_participants(actor: Actor, event_id: uuid.UUID) -> tuple[list[PersonCard], int]:
    """Return the first ``FIRST_PARTICIPANTS`` people who go to the event, in the order of joining, and how many go.

    In both, people who do not share their attendance with the actor are left out.
    """
    rows = _first_participants(kind_of(actor)).rows(**caller_values(actor), event=event_id)
    return [person_card(row) for row in rows], rows[0].visible if rows else 0


@lru_cache(SHAPES_MAX)
def _first_participants(actor: Actor) -> RawQuery:
    """Return the query of the first people who go to an event, as callers of the kind ``actor`` see them."""
    everybody = func.count().over().label("visible")
    going = select_participants(actor, Attendance.GOING).add_columns(everybody)
    return RawQuery(going.order_by(*BY_JOINING).limit(FIRST_PARTICIPANTS))


def attendance_list(actor: Actor, event_id: uuid.UUID) -> tuple[list[PersonCard], list[PersonCard]]:
    """Return all people who go to an event and all who wait for a place, each in the order of joining.

    People who do not share their attendance with the actor are left out.
    """
    rows = _everybody(kind_of(actor)).rows(**caller_values(actor), event=event_id)
    going, waiting = ([row for row in rows if row.state == state] for state in (Attendance.GOING, Attendance.WAITING))
    return [person_card(row) for row in going], [person_card(row) for row in waiting]


@lru_cache(SHAPES_MAX)
def _everybody(actor: Actor) -> RawQuery:
    """Return the query of all who go to an event or wait for a place, as callers of the kind ``actor`` see them."""
    return RawQuery(select_participants(actor, *Attendance).add_columns(Participation.state).order_by(*BY_JOINING))


def participants(actor: Actor, event_id: uuid.UUID, *, until: str | None = None) -> Page[PersonCard]:
    """Return the people who go to an event and share their attendance with the actor, in the order of joining.

    They begin with the first and end one page beyond the cursor ``until``; without it, this is the first page. It is
    empty if the actor may not see the event. Raises ``Invalid`` for a cursor of another list.
    """
    values, scope = {**caller_values(actor), "event": event_id}, f"participants {event_id}"
    rows = _PARTICIPANTS.page_until(kind_of(actor), Attendance.GOING, values=values, scope=scope, until=until)
    return rows.map(person_card)


def waiting_list(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """Return the first ``WAITING_SHOWN`` people on the waiting list of an event, in the order of joining.

    People who do not share their attendance with the actor are left out.
    """
    values, scope = {**caller_values(actor), "event": event_id}, f"waiting {event_id}"
    shape = (kind_of(actor), Attendance.WAITING)
    rows = _PARTICIPANTS.page(*shape, values=values, scope=scope, limit=WAITING_SHOWN)
    return [person_card(row) for row in rows.items]


def select_participants(actor: Actor, *states: Attendance) -> AnySelect:
    """Return a statement for the people whose attendance at an event is one of ``states``.

    The event is the parameter ``event``; the columns are those of person cards. People whom the actor may not see, or
    who do not share their attendance with the actor, are left out. For an event that the actor may not see there are
    none.
    """
    return (
        cards_seen_by(actor)
        .join(Participation, Participation.account_id == Account.id)
        .join(Event, Event.id == Participation.event_id)
        .where(Participation.event_id == bindparam("event"), Participation.state.in_(states), shares_attendance(actor))
        .where(Event.id.in_(visible_to(actor).with_only_columns(Event.id).correlate(None)))
    )


def _select_page(actor: Actor, state: Attendance) -> ListStatement:
    return ListStatement(select_participants(actor, state), BY_JOINING)


_PARTICIPANTS = ListQuery(_select_page)
