"""Reads of events and their participants, limited to events that the actor may see (``visible_to``)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.core.errors import Forbidden, NotFound
from portal.events import policies
from portal.events.conditions import (
    attended_by,
    in_tab,
    is_upcoming,
    order_of,
    participant_count,
    search_condition,
    shares_attendance,
    waits_for_review,
)
from portal.events.filters import EventFilter, Tab
from portal.events.models import Attendance, Event, Participation
from portal.events.records import EventCard, EventDetails, OrganisedEvent
from portal.extensions import db
from portal.files.services import picture_url
from portal.profiles import queries as profiles
from portal.profiles.models import Profile
from portal.profiles.visibility import CITY_COLUMNS, HUES, PersonCard, cards_seen_by, city_of
from portal.profiles.visibility import card as person_card

COVER_VARIANT = "640"
LARGE_COVER_VARIANT = "1280"
FIRST_PARTICIPANTS = 6
REVIEW_MAX = 100
FALLBACK_ZONE = "UTC"
WAITING_SHOWN = 200


def visible_to(actor: Actor) -> Select[Event]:
    """Return a statement for the events that the actor may see.

    Members see approved events and their own in every state, the office all events, visitors none.
    """
    statement = select(Event)
    if policies.is_office(actor):
        return statement
    if actor.account_id is None:
        return statement.where(false())
    return statement.where(or_(Event.approval == Approval.APPROVED, Event.owner_id == actor.account_id))


def page(
    actor: Actor, filters: EventFilter, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[EventCard]:
    """Return a page of the visible events that the filter admits, the one after ``cursor`` or by default the first.

    Upcoming events are in order of time; in the other tabs the latest comes first. Raises ``Invalid`` for a cursor of
    another list.
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
    """Return the cities, in order of name, of those events in a tab that the actor may see."""
    with_events = visible_to(actor).where(in_tab(actor, tab)).with_only_columns(Event.city_id)
    return list(db.session.scalars(select(City).where(City.id.in_(with_events)).order_by(City.name, City.id)))


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


def select_cards(actor: Actor) -> Select[Any]:
    """Return a statement for the events that the actor may see, with the columns that ``event_card`` reads.

    They are the event, its city, the number of people going, and the actor's own attendance.
    """
    return (
        visible_to(actor)
        .outerjoin(City, City.id == Event.city_id)
        .add_columns(*CITY_COLUMNS, *attendance_columns(actor))
    )


def attendance_columns(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    """Return the columns ``going`` and ``own_attendance`` for statements over ``Event``.

    The first is the number of people going, the second the actor's own state, NULL if the actor has not joined.
    """
    own_state = (
        select(Participation.state)
        .where(Participation.event_id == Event.id, Participation.account_id == actor.account_id)
        .correlate(Event)
        .scalar_subquery()
    )
    return participant_count(Attendance.GOING).label("going"), own_state.label("own_attendance")


def event_card(row: Row[Any]) -> EventCard:
    """Return the card of the event in one row of ``select_cards``."""
    return EventCard(**card_values(row))


def with_organisers(actor: Actor, rows: Sequence[Row[Any]]) -> list[OrganisedEvent]:
    """Return the events in rows of ``select_cards``, each with the card of its organiser.

    The organisers are read in one further statement; one whom the actor may not see is ``None``.
    """
    owners = profiles.cards(actor, {row.Event.owner_id for row in rows})
    return [OrganisedEvent(**card_values(row), owner=owners.get(row.Event.owner_id)) for row in rows]


def card_values(row: Row[Any], cover_variant: str = COVER_VARIANT) -> dict[str, Any]:
    """Return the fields of an ``EventCard``, by name, from one row of ``select_cards``.

    ``cover_variant`` is the variant of the cover to which ``cover_url`` leads.
    """
    event: Event = row.Event
    copied = ("id", "title", "starts_local", "ends_local", "time_zone", "starts_at", "ends_at", "place", "is_online")
    return {
        **{name: getattr(event, name) for name in (*copied, "cost", "currency", "capacity")},
        "url": f"/events/{event.id}",
        "city": city_of(row),
        "going": row.going,
        "cover_url": picture_url(event.cover_id, cover_variant) if event.cover_id else None,
        "approval": Approval(event.approval),
        "cancelled": event.cancelled_at is not None,
        "over": event.is_over(now()),
        "own_attendance": Attendance(row.own_attendance) if row.own_attendance else None,
        "hue": event.id.int % HUES,
    }


def details(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event with everything that its page shows.

    Raises ``NotFound`` if it does not exist or the actor may not see it.
    """
    statement = (
        select_cards(actor)
        .where(Event.id == event_id)
        .add_columns(participant_count(Attendance.WAITING).label("waiting"))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise no_such_event()
    event: Event = row.Event
    return EventDetails(
        **card_values(row, LARGE_COVER_VARIANT),
        owner=profiles.cards(actor, {event.owner_id}).get(event.owner_id),
        description=event.description,
        decision_note=event.decision_note,
        first_participants=first_participants(actor, event_id),
        waiting=row.waiting,
        may_edit=policies.may_edit(actor, event),
        may_review=policies.is_office(actor),
    )


def first_participants(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """Return the first ``FIRST_PARTICIPANTS`` people, in the order of joining, who go to the event.

    People who do not share their attendance with the actor are left out.
    """
    statement = select_participants(actor, event_id, Attendance.GOING).order_by(Participation.joined_at, Account.id)
    return [person_card(row) for row in db.session.execute(statement.limit(FIRST_PARTICIPANTS))]


def editable(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event for the page on which its organiser or the office changes it.

    Raises ``NotFound`` if the actor may not see the event, and ``Forbidden`` if the actor may see but not change it.
    """
    event = details(actor, event_id)
    if not event.may_edit:
        raise not_yours()
    return event


def find(actor: Actor, event_id: uuid.UUID, *, lock: bool = False) -> Event:
    """Return the row of an event; raise ``NotFound`` if it does not exist or the actor may not see it.

    With ``lock`` the row is read anew and locked until the transaction ends, so that other transactions that take this
    lock can change neither the event nor its participants meanwhile.
    """
    statement = visible_to(actor).where(Event.id == event_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    event = db.session.scalar(statement)
    if event is None:
        raise no_such_event()
    return event


def not_yours() -> Forbidden:
    """Return the error for an actor who changes an event without being its organiser or the office."""
    return Forbidden("not_yours", _("Only the organiser or the alumni office can change this event."))


def no_such_event() -> NotFound:
    """Return the error for an event that does not exist or that the actor may not see.

    It is one error for both, so that it does not reveal whether the event exists.
    """
    return NotFound("no_such_event", _("This event does not exist, or you cannot see it."))


def participants(actor: Actor, event_id: uuid.UUID, *, until: str | None = None) -> Page[PersonCard]:
    """Return the people who go to an event and share their attendance with the actor, in the order of joining.

    They begin with the first and end one page beyond the cursor ``until``; without it, this is the first page. It is
    empty if the actor may not see the event. Raises ``Invalid`` for a cursor of another list.
    """
    rows = keyset_until(
        select_participants(actor, event_id, Attendance.GOING),
        order=(Participation.joined_at.asc(), Participation.account_id.asc()),
        until=until,
        scope=f"participants {event_id}",
    )
    return rows.map(person_card)


def waiting_list(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """Return the first ``WAITING_SHOWN`` people on the waiting list of an event, in the order of joining.

    People who do not share their attendance with the actor are left out.
    """
    statement = select_participants(actor, event_id, Attendance.WAITING).limit(WAITING_SHOWN)
    ordered = statement.order_by(Participation.joined_at, Participation.account_id)
    return [person_card(row) for row in db.session.execute(ordered)]


def select_participants(actor: Actor, event_id: uuid.UUID, state: Attendance) -> Select[Any]:
    """Return a statement for the people whose attendance at the event is ``state``, with the columns of person cards.

    People whom the actor may not see, or who do not share their attendance with the actor, are left out. For an event
    that the actor may not see there are none.
    """
    return (
        cards_seen_by(actor)
        .join(Participation, Participation.account_id == Account.id)
        .join(Event, Event.id == Participation.event_id)
        .where(Participation.event_id == event_id, Participation.state == state, shares_attendance(actor))
        .where(Event.id.in_(visible_to(actor).with_only_columns(Event.id).correlate(None)))
    )


def may_see_cover(actor: Actor, picture_id: uuid.UUID) -> bool:
    """Return whether the picture with this id is the cover of an event that the actor may see."""
    events = visible_to(actor).where(Event.cover_id == picture_id).with_only_columns(Event.id)
    return db.session.scalar(events.limit(1)) is not None


def upcoming_in_city(actor: Actor, city_id: int, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` approved, upcoming events in the city, the earliest first."""
    return page(actor, EventFilter(city_id=city_id), limit=limit).items


def upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` approved, upcoming events in any city or online, the earliest first."""
    return page(actor, EventFilter(), limit=limit).items


def mine_upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """Return the next ``limit`` upcoming events that the actor organises, goes to or waits for, the earliest first.

    Their approval can be in any state in which the actor may see them.
    """
    involved = or_(Event.owner_id == actor.id, attended_by(actor.id))
    statement = select_cards(actor).where(is_upcoming(), involved).order_by(*order_of(Tab.UPCOMING)).limit(limit)
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


def home_zone(actor: Actor) -> str:
    """Return the IANA name of the actor's time zone.

    It is the one chosen in the actor's preferences, else that of the city in their profile, else ``FALLBACK_ZONE``.
    """
    if actor.preferences.time_zone:
        return actor.preferences.time_zone
    statement = select(City.time_zone).join(Profile, Profile.city_id == City.id)
    return db.session.scalar(statement.where(Profile.account_id == actor.account_id)) or FALLBACK_ZONE
