"""Lists and numbers of the events that an actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.alphabets import sort_key, viewer_language
from portal.core.approval import Approval
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.events.conditions import (
    attended_by,
    in_tab,
    is_not_over,
    order_of,
    search_condition,
    takes_place,
    waits_for_review,
)
from portal.events.filters import EventFilter, Tab
from portal.events.models import Event
from portal.events.queries.cards import event_card, select_cards, with_organisers
from portal.events.queries.visibility import visible_to
from portal.events.records import EventCard, OrganisedEvent
from portal.extensions import db

REVIEW_MAX = 100


def page(
    actor: Actor, filters: EventFilter, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[EventCard]:
    """Return a page of the visible events that the filter admits, the one after ``cursor`` or by default the first.

    ``order_of`` says in which order. Raises ``Invalid`` for a cursor of another list.
    """
    rows = keyset_page(
        select_filtered(actor, filters), order=order_of(filters.tab), cursor=cursor, limit=limit, scope=filters.scope
    )
    return rows.map(event_card)


def page_until(actor: Actor, filters: EventFilter, *, until: str | None) -> Page[EventCard]:
    """Return the events that the filter admits, from the start of the list to one page beyond the cursor ``until``.

    Without ``until`` it is the first page, and for a very long list the beginning is left out (see ``keyset_until``).
    Raises ``Invalid`` for a cursor of another list.
    """
    rows = keyset_until(select_filtered(actor, filters), order=order_of(filters.tab), until=until, scope=filters.scope)
    return rows.map(event_card)


def cities_of(actor: Actor, tab: Tab) -> list[City]:
    """Return the cities, in the alphabet of the viewer, of those events in a tab that the actor may see."""
    with_events = visible_to(actor).where(in_tab(actor, tab)).with_only_columns(Event.city_id)
    cities = db.session.scalars(select(City).where(City.id.in_(with_events)).order_by(City.id))
    language = viewer_language()
    return sorted(cities, key=lambda city: sort_key(city.label(language), language))


def count(actor: Actor, filters: EventFilter) -> int:
    """Return the number of events that the actor may see and the filter admits, on all pages together."""
    rows = select_filtered(actor, filters).with_only_columns(Event.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def select_filtered(actor: Actor, filters: EventFilter) -> Select[Any]:
    """Return the statement of ``select_cards``, limited to the tab and the criteria of the filter."""
    statement = select_cards(actor).where(in_tab(actor, filters.tab))
    if filters.city_id is not None:
        statement = statement.where(Event.city_id == filters.city_id)
    if filters.online is not None:
        statement = statement.where(Event.is_online.is_(filters.online))
    if filters.search:
        statement = statement.where(search_condition(filters.search))
    return statement


def upcoming_in_city(actor: Actor, city_id: int, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` events that take place in the city, the earliest first."""
    return _next_events(actor, limit, Event.city_id == city_id)


def upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` events that take place in any city or online, the earliest first."""
    return _next_events(actor, limit)


def upcoming_count(actor: Actor) -> int:
    """Return the number of events that take place in any city or online, as far as the actor may see them."""
    return db.session.scalar(visible_to(actor).where(takes_place()).with_only_columns(func.count())) or 0


def _next_events(actor: Actor, limit: int, *criteria: ColumnElement[bool]) -> list[EventCard]:
    statement = select_cards(actor).where(takes_place(), *criteria).order_by(*order_of(Tab.UPCOMING)).limit(limit)
    return [event_card(row) for row in db.session.execute(statement)]


def mine_upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` upcoming events that the actor organises, goes to or waits for, the earliest first.

    They are approved or wait for review. Declined and cancelled ones are nobody's plan.
    """
    involved = or_(Event.owner_id == actor.id, attended_by(actor.id))
    plans = (is_not_over(), Event.cancelled_at.is_(None), Event.approval != Approval.DECLINED, involved)
    statement = select_cards(actor).where(*plans).order_by(*order_of(Tab.UPCOMING)).limit(limit)
    return [event_card(row) for row in db.session.execute(statement)]


def to_review(actor: Actor, limit: int = REVIEW_MAX) -> list[OrganisedEvent]:
    """Return the first ``limit`` events that wait for review and that the actor may see, the oldest first.

    The office gets all of them, other members only those that they organise.
    """
    statement = select_cards(actor).where(waits_for_review()).order_by(Event.created_at, Event.id).limit(limit)
    return with_organisers(actor, db.session.execute(statement).all())


def to_review_count(actor: Actor) -> int:
    """Return the number of events that wait for review by the office and that the actor may see."""
    waiting = visible_to(actor).where(waits_for_review()).with_only_columns(func.count())
    return db.session.scalar(waiting) or 0
