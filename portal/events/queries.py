"""Reads of events; every one starts from ``visible_to``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.core.errors import Forbidden, NotFound
from portal.events import policies
from portal.events.filters import Filter, Tab
from portal.events.models import DURATION_MAX, Attendance, Event, Participation
from portal.events.records import EventCard, EventDetails, OrganisedEvent
from portal.extensions import db
from portal.files.services import picture_url
from portal.profiles import queries as profiles
from portal.profiles.models import Profile
from portal.profiles.policies import admits
from portal.profiles.policies import visible_to as people_visible_to
from portal.profiles.visibility import CITY_COLUMNS, HUES, PersonCard, cards_seen_by, city_of
from portal.profiles.visibility import card as person_card

COVER_VARIANT = "640"
LARGE_COVER_VARIANT = "1280"
FACES = 6
REVIEW_MAX = 100
FALLBACK_ZONE = "UTC"
WAITING_SHOWN = 200


def visible_to(actor: Actor) -> Select[Event]:
    """Approved events for members, one's own in every state, all of them for the office, none for strangers."""
    statement = select(Event)
    if policies.is_office(actor):
        return statement
    if actor.account_id is None:
        return statement.where(false())
    return statement.where(or_(Event.approval == Approval.APPROVED, Event.owner_id == actor.account_id))


def is_coming() -> ColumnElement[bool]:
    """Not over and not cancelled; the first condition lets the index skip what is long past."""
    moment = now()
    goes_on = and_(Event.ends_at.is_not(None), Event.ends_at > moment)
    return and_(
        Event.starts_at > moment - DURATION_MAX, or_(Event.starts_at > moment, goes_on), Event.cancelled_at.is_(None)
    )


def attended_by(account_id: uuid.UUID, *states: Attendance) -> ColumnElement[bool]:
    """Events that the person goes to (or waits for, as ``states`` say)."""
    mine = select(Participation.event_id).where(
        Participation.account_id == account_id, Participation.state.in_(states or tuple(Attendance))
    )
    return Event.id.in_(mine)


def openly_attended_by(actor: Actor, account_id: uuid.UUID) -> ColumnElement[bool]:
    """Events that somebody goes to and lets the actor know of."""
    theirs = (
        select(Participation.event_id)
        .join(Event, Event.id == Participation.event_id)
        .join(Account, Account.id == Participation.account_id)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .where(Participation.account_id == account_id, Participation.state == Attendance.GOING)
        .where(people_visible_to(actor), goes_openly(actor))
        .correlate(None)
    )
    return Event.id.in_(theirs)


def goes_openly(actor: Actor) -> ColumnElement[bool]:
    """Whether a participant lets the actor know that they go; organisers tell by organising.

    ``Event``, ``Participation``, ``Account`` and ``Profile`` are beside it. The owner and the office know everybody.
    """
    if policies.is_office(actor):
        return true()
    is_organiser = Participation.account_id == Event.owner_id
    return or_(is_organiser, Event.owner_id == actor.account_id, admits(Profile.events_audience, actor))


def counted(state: Attendance) -> ColumnElement[int]:
    """How many people are in that state, as a column beside the event."""
    return (
        select(func.count())
        .where(Participation.event_id == Event.id, Participation.state == state)
        .correlate(Event)
        .scalar_subquery()
    )


def page(actor: Actor, wanted: Filter, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT) -> Page[EventCard]:
    """One page of a list; what is to come is in order of time, what was is newest first."""
    found = keyset_page(
        filtered(actor, wanted), order=order_of(wanted.tab), cursor=cursor, limit=limit, scope=wanted.scope
    )
    return found.map(event_card)


def page_until(actor: Actor, wanted: Filter, *, until: str | None) -> Page[EventCard]:
    """The list from its start to one page beyond ``until``."""
    found = keyset_until(filtered(actor, wanted), order=order_of(wanted.tab), until=until, scope=wanted.scope)
    return found.map(event_card)


def cities_of(actor: Actor, tab: Tab) -> list[City]:
    """The cities that a tab has events in, by name."""
    with_events = visible_to(actor).where(in_tab(actor, tab)).with_only_columns(Event.city_id)
    return list(db.session.scalars(select(City).where(City.id.in_(with_events)).order_by(City.name, City.id)))


def count(actor: Actor, wanted: Filter) -> int:
    """How many events the whole list has."""
    rows = filtered(actor, wanted).with_only_columns(Event.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def order_of(tab: Tab) -> tuple[UnaryExpression[Any], ...]:
    first = Event.starts_at.asc() if tab is Tab.UPCOMING else Event.starts_at.desc()
    return (first, Event.id.asc())


def filtered(actor: Actor, wanted: Filter) -> Select[Any]:
    """The rows of cards that a filter lets through."""
    statement = card_rows(actor).where(in_tab(actor, wanted.tab))
    if wanted.city_id is not None:
        statement = statement.where(Event.city_id == wanted.city_id)
    if wanted.online is not None:
        statement = statement.where(Event.is_online.is_(wanted.online))
    if wanted.search:
        statement = statement.where(matches(wanted.search))
    return statement


def matches(text: str) -> ColumnElement[bool]:
    """The words occur in the title or in the place, whatever the case."""
    return or_(Event.title.icontains(text, autoescape=True), Event.place.icontains(text, autoescape=True))


def in_tab(actor: Actor, tab: Tab) -> ColumnElement[bool]:
    """The public tabs show approved events to everybody, the office too: its queue is another page."""
    if tab is Tab.MINE:
        return Event.owner_id == actor.id
    if tab is Tab.JOINED:
        return and_(attended_by(actor.id), Event.owner_id != actor.id)
    coming = is_coming()
    return and_(Event.approval == Approval.APPROVED, coming if tab is Tab.UPCOMING else ~coming)


def card_rows(actor: Actor) -> Select[Any]:
    """Visible events with their city, the number of people going and the viewer's own attendance."""
    return (
        visible_to(actor)
        .outerjoin(City, City.id == Event.city_id)
        .add_columns(*CITY_COLUMNS, *attendance_columns(actor))
    )


def attendance_columns(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    """How many go to the event beside them, and whether the viewer does."""
    mine = (
        select(Participation.state)
        .where(Participation.event_id == Event.id, Participation.account_id == actor.account_id)
        .correlate(Event)
        .scalar_subquery()
    )
    return counted(Attendance.GOING).label("going"), mine.label("i_am")


def event_card(row: Row[Any]) -> EventCard:
    """The record of one row of ``card_rows``."""
    return EventCard(**card_values(row))


def with_organisers(actor: Actor, rows: Sequence[Row[Any]]) -> list[OrganisedEvent]:
    """The same with those who organise them; one further statement."""
    owners = profiles.cards(actor, {row.Event.owner_id for row in rows})
    return [OrganisedEvent(**card_values(row), owner=owners.get(row.Event.owner_id)) for row in rows]


def card_values(row: Row[Any], cover_variant: str = COVER_VARIANT) -> dict[str, Any]:
    """What a row of ``card_rows`` says by itself."""
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
        "i_am": Attendance(row.i_am) if row.i_am else None,
        "hue": event.id.int % HUES,
    }


def details(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """One event for its own page; raises ``NotFound`` when the viewer may not see it."""
    statement = card_rows(actor).where(Event.id == event_id).add_columns(counted(Attendance.WAITING).label("waiting"))
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise no_such_event()
    event: Event = row.Event
    return EventDetails(
        **card_values(row, LARGE_COVER_VARIANT),
        owner=profiles.cards(actor, {event.owner_id}).get(event.owner_id),
        description=event.description,
        decision_note=event.decision_note,
        faces=faces(actor, event_id),
        waiting=row.waiting,
        may_edit=policies.may_edit(actor, event),
        may_review=policies.is_office(actor),
    )


def faces(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """The first few who go."""
    statement = attending(actor, event_id, Attendance.GOING).order_by(Participation.joined_at, Account.id)
    return [person_card(row) for row in db.session.execute(statement.limit(FACES))]


def editable(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """One event for the page that changes it; raises ``Forbidden`` for those who may only look."""
    event = details(actor, event_id)
    if not event.may_edit:
        raise not_yours()
    return event


def find(actor: Actor, event_id: uuid.UUID, *, lock: bool = False) -> Event:
    """The row itself, for services; raises ``NotFound`` when the actor may not see it.

    With ``lock`` it is read anew and nobody else writes to it, or to who attends it, before the transaction ends.
    """
    statement = visible_to(actor).where(Event.id == event_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    event = db.session.scalar(statement)
    if event is None:
        raise no_such_event()
    return event


def not_yours() -> Forbidden:
    return Forbidden("not_yours", _("Only the organiser or the alumni office can change this event."))


def no_such_event() -> NotFound:
    """The same answer for what is not there and for what the actor may not know of."""
    return NotFound("no_such_event", _("This event does not exist, or you cannot see it."))


def participants(actor: Actor, event_id: uuid.UUID, *, until: str | None = None) -> Page[PersonCard]:
    """Who goes to an event, as far as the viewer may see them, in the order in which they came."""
    found = keyset_until(
        attending(actor, event_id, Attendance.GOING),
        order=(Participation.joined_at.asc(), Participation.account_id.asc()),
        until=until,
        scope=f"participants {event_id}",
    )
    return found.map(person_card)


def waiting_list(actor: Actor, event_id: uuid.UUID) -> list[PersonCard]:
    """Who waits for a place, first come first; the beginning of a very long list."""
    statement = attending(actor, event_id, Attendance.WAITING).limit(WAITING_SHOWN)
    ordered = statement.order_by(Participation.joined_at, Participation.account_id)
    return [person_card(row) for row in db.session.execute(ordered)]


def attending(actor: Actor, event_id: uuid.UUID, state: Attendance) -> Select[Any]:
    """People in that state who let the viewer know it, at an event that the viewer may see; nobody at another."""
    return (
        cards_seen_by(actor)
        .join(Participation, Participation.account_id == Account.id)
        .join(Event, Event.id == Participation.event_id)
        .where(Participation.event_id == event_id, Participation.state == state, goes_openly(actor))
        .where(Event.id.in_(visible_to(actor).with_only_columns(Event.id).correlate(None)))
    )


def may_see_cover(actor: Actor, picture_id: uuid.UUID) -> bool:
    """Whether the picture is the cover of an event that the actor may see."""
    shown = visible_to(actor).where(Event.cover_id == picture_id).with_only_columns(Event.id)
    return db.session.scalar(shown.limit(1)) is not None


def upcoming_in_city(actor: Actor, city_id: int, limit: int = 3) -> list[EventCard]:
    """The next approved events that take place in the city."""
    return page(actor, Filter(city_id=city_id), limit=limit).items


def upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """The next approved events anywhere."""
    return page(actor, Filter(), limit=limit).items


def mine_upcoming(actor: Actor, limit: int = 3) -> list[EventCard]:
    """What the actor organises, goes to or waits for, next first."""
    involved = or_(Event.owner_id == actor.id, attended_by(actor.id))
    statement = card_rows(actor).where(is_coming(), involved).order_by(*order_of(Tab.UPCOMING)).limit(limit)
    return [event_card(row) for row in db.session.execute(statement)]


def to_review(actor: Actor, limit: int = REVIEW_MAX) -> list[OrganisedEvent]:
    """What waits for the office's decision, longest waiting first; for others what of their own waits."""
    statement = card_rows(actor).where(waits_for_review()).order_by(Event.created_at, Event.id).limit(limit)
    return with_organisers(actor, db.session.execute(statement).all())


def to_review_count(actor: Actor) -> int:
    """How many events wait for a decision."""
    waiting = visible_to(actor).where(waits_for_review()).with_only_columns(func.count())
    return db.session.scalar(waiting) or 0


def waits_for_review() -> ColumnElement[bool]:
    return and_(Event.approval == Approval.PENDING, Event.cancelled_at.is_(None))


def home_zone(actor: Actor) -> str:
    """The zone to start from for a person: their own choice, else that of their city."""
    if actor.time_zone:
        return actor.time_zone
    statement = select(City.time_zone).join(Profile, Profile.city_id == City.id)
    return db.session.scalar(statement.where(Profile.account_id == actor.account_id)) or FALLBACK_ZONE
