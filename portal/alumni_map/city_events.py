"""Coming events where people are: parts of statements that read both at once, for maps and pages of cities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, select, true
from sqlalchemy.orm import aliased

from portal.cities.models import City
from portal.core.actor import Actor
from portal.events.conditions import in_tab, order_of
from portal.events.filters import Tab
from portal.events.models import Event
from portal.events.queries import attendance_columns, event_card, visible_to
from portal.events.records import EventCard
from portal.profiles.visibility import CITY_COLUMNS


def coming_by_city(actor: Actor) -> Select[Any]:
    """How many approved events are to come in each city that has any: ``city_id``, ``events``."""
    number: tuple[Any, ...] = (Event.city_id, func.count().label("events"))
    coming = visible_to(actor).where(in_tab(actor, Tab.UPCOMING), Event.city_id.is_not(None))
    return coming.with_only_columns(*number).group_by(Event.city_id)


def beside_next_in_city(statement: Select[Any], actor: Actor, city_id: int | None, limit: int) -> Select[Any]:
    """The one row of ``statement`` beside each of the next events of a city, of ``coming``, or beside nothing."""
    in_city = visible_to(actor).where(in_tab(actor, Tab.UPCOMING), Event.city_id == city_id)
    coming = select(func.count()).select_from(in_city.with_only_columns(Event.id).subquery()).scalar_subquery()
    first = in_city.add_columns(*attendance_columns(actor)).order_by(*order_of(Tab.UPCOMING)).limit(limit).subquery()
    event = aliased(Event, first, name="Event")
    return (
        statement.outerjoin(event, true())
        .outerjoin(City, City.id == event.city_id)
        .add_columns(event, first.c.going, first.c.own_attendance, coming.label("coming"), *CITY_COLUMNS)
        .order_by(event.starts_at, event.id)
    )


def cards_beside(rows: Iterable[Row[Any]]) -> list[EventCard]:
    """The events in such rows."""
    return [event_card(row) for row in rows if row.Event is not None]
