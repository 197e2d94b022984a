"""Upcoming events by city, as parts of statements that read people and events at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, func, true

from portal.core.actor import Actor
from portal.events.conditions import order_of, takes_place
from portal.events.filters import Tab
from portal.events.models import Event
from portal.events.queries import event_card, select_cards, visible_to
from portal.events.records import EventCard


def upcoming_by_city(actor: Actor) -> Select[Any]:
    """Return the SELECT of the number of approved upcoming events in each city that has any, as the actor sees them.

    Its columns are ``city_id`` and ``events``.
    """
    number: tuple[Any, ...] = (Event.city_id, func.count().label("events"))
    upcoming = visible_to(actor).where(takes_place(), Event.city_id.is_not(None))
    return upcoming.with_only_columns(*number).group_by(Event.city_id)


def with_next_events(statement: Select[Any], actor: Actor, city_id: int | None, limit: int) -> Select[Any]:
    """Return a SELECT that joins the one row of ``statement`` with the next ``limit`` events of a city.

    ``event_cards_in`` reads its rows; without events there is one row, in which the columns of events are NULL. The
    column ``upcoming`` holds the number of all upcoming events of the city that the actor may see.
    """
    is_next = and_(takes_place(), Event.city_id == city_id)
    upcoming = visible_to(actor).where(is_next).with_only_columns(func.count()).scalar_subquery()
    first = select_cards(actor).where(is_next).order_by(*order_of(Tab.UPCOMING)).limit(limit).subquery()
    return (
        statement.outerjoin(first, true())
        .add_columns(*first.c, upcoming.label("upcoming"))
        .order_by(first.c.starts_at, first.c.id)
    )


def event_cards_in(rows: Iterable[Row[Any]]) -> list[EventCard]:
    """Return the events in rows of ``with_next_events``, earliest first; a row without an event is left out."""
    return [event_card(row) for row in rows if row.id is not None]
