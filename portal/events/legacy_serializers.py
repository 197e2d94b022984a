"""Reads of events and their participants in the form of the legacy contract."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from portal.accounts.models import Account
from portal.api.shapes.event import ParticipantRow
from portal.cities.models import City
from portal.core import money
from portal.core.actor import Actor
from portal.core.approval import LEGACY_VALUES, Approval
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page
from portal.core.security import signing
from portal.events import conditions, policies, queries
from portal.events.models import Attendance, Event, Participation
from portal.events.records import LegacyEvent
from portal.extensions import db
from portal.files.models import Picture
from portal.files.storage import StoredPicture
from portal.profiles import queries as profiles
from portal.profiles.models import Profile
from portal.profiles.policies import is_active_account
from portal.profiles.visibility import CITY_COLUMNS, CityLabel, Person, city_of

ARRAY_MAX = 50
NEWEST_FIRST = (Event.starts_at.desc(), Event.id.asc())


def page(actor: Actor, *, search: str | None, cursor: str | None, limit: int = LIMIT_DEFAULT) -> Page[LegacyEvent]:
    """Return one page of the approved, not cancelled events that the actor may see, the furthest in the future first.

    ``search`` selects those that ``conditions.search_condition`` finds. Raises ``Invalid`` for a bad cursor.
    """
    taking_place = (Event.approval == Approval.APPROVED, Event.cancelled_at.is_(None))
    return _page(
        actor, _rows(actor).where(*taking_place, *_search_conditions(search)), cursor, limit, f"legacy events {search}"
    )


def page_for_office(
    actor: Actor, *, search: str | None, cursor: str | None, limit: int = LIMIT_DEFAULT
) -> Page[LegacyEvent]:
    """Return one page of the events in every state that the actor may see, the furthest in the future first.

    ``search`` selects those that ``conditions.search_condition`` finds. Raises ``Invalid`` for a bad cursor.
    """
    return _page(
        actor, _rows(actor).where(*_search_conditions(search)), cursor, limit, f"legacy office events {search}"
    )


def pending_of(actor: Actor, *, cursor: str | None, limit: int = LIMIT_DEFAULT) -> Page[LegacyEvent]:
    """Return one page of the actor's own events that wait for review and are not cancelled.

    The furthest in the future comes first. Raises ``Invalid`` for a bad cursor.
    """
    own_pending = (Event.owner_id == actor.id, Event.approval == Approval.PENDING, Event.cancelled_at.is_(None))
    return _page(actor, _rows(actor).where(*own_pending), cursor, limit, "legacy pending events")


def owned_by(actor: Actor) -> list[LegacyEvent]:
    """Return the actor's own approved and declined events that are not cancelled.

    They are at most ``ARRAY_MAX``, the furthest in the future first.
    """
    decided = (Event.owner_id == actor.id, Event.approval != Approval.PENDING, Event.cancelled_at.is_(None))
    return _newest(actor, *decided)


def attended_by(actor: Actor, account_id: uuid.UUID) -> list[LegacyEvent]:
    """Return the approved events that a person goes to, as far as the actor may know it.

    They are at most ``ARRAY_MAX``, the furthest in the future first, without cancelled ones.
    """
    going = conditions.visibly_attended_by(actor, account_id)
    return _newest(actor, Event.approval == Approval.APPROVED, Event.cancelled_at.is_(None), going)


def find(actor: Actor, event_id: uuid.UUID) -> LegacyEvent:
    """Return one event in the legacy contract; raise ``NotFound`` if it does not exist or the actor may not see it."""
    row = db.session.execute(_rows(actor).where(Event.id == event_id)).one_or_none()
    if row is None:
        raise queries.no_such_event()
    return _records(actor, [row])[0]


def cover_of(actor: Actor, event_id: uuid.UUID) -> StoredPicture | None:
    """Return the cover of an event, or ``None`` if it has none.

    Raises ``NotFound`` if the event does not exist or the actor may not see it.
    """
    statement = _rows(actor).where(Event.id == event_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise queries.no_such_event()
    return _cover(row)


def participants(actor: Actor, event_id: uuid.UUID) -> list[ParticipantRow]:
    """Return the people going to the event whom the actor may know, the organiser first.

    Others follow in the order of joining. The event's organiser and the office may know everybody, others themselves
    and people who share their attendance. Accounts that are not active are included for the office only. Raises
    ``NotFound`` if the actor may not see the event.
    """
    event = queries.find(actor, event_id)
    going = {row.account_id: row for row in _going(actor, [event.id]) if _may_know(actor, event, row)}
    people = {person.id: person for person in profiles.people(actor, list(going))}
    return [_participant(people[person_id], row) for person_id, row in going.items() if person_id in people]


def location_of(city: CityLabel | City | None, place: str) -> str:
    """Return the location in the legacy contract: ``Country, City``, or ``place`` for an event without a city."""
    return city.location if city else place


def _search_conditions(search: str | None) -> tuple[ColumnElement[bool], ...]:
    return (conditions.search_condition(search),) if search else ()


def _rows(actor: Actor) -> Select[Any]:
    """Return a statement for the events that the actor may see, each with the columns of its city and its cover."""
    return (
        queries.visible_to(actor)
        .outerjoin(City, City.id == Event.city_id)
        .outerjoin(Picture, Picture.id == Event.cover_id)
        .add_columns(*CITY_COLUMNS, Picture.digest, Picture.content_type, Picture.size)
    )


def _page(actor: Actor, statement: Select[Any], cursor: str | None, limit: int, scope: str) -> Page[LegacyEvent]:
    page = keyset_page(statement, order=NEWEST_FIRST, cursor=cursor, limit=limit, scope=scope)
    return Page(_records(actor, page.items), page.next_cursor)


def _newest(actor: Actor, *criteria: ColumnElement[bool]) -> list[LegacyEvent]:
    """Return the ``ARRAY_MAX`` events with the latest start that meet the criteria and that the actor may see.

    They are for answers that are bare arrays in the legacy contract and so cannot have a second page.
    """
    statement = _rows(actor).where(*criteria).order_by(*NEWEST_FIRST).limit(ARRAY_MAX)
    return _records(actor, list(db.session.execute(statement)))


def _records(actor: Actor, rows: list[Row[Any]]) -> list[LegacyEvent]:
    people = _participants(actor, [row.Event for row in rows])
    return [_record(row, people[row.Event.id]) for row in rows]


def _record(row: Row[Any], participants: list[uuid.UUID]) -> LegacyEvent:
    event: Event = row.Event
    return LegacyEvent(
        id=event.id,
        owner_id=event.owner_id,
        participants_ids=participants,
        title=event.title,
        description=event.description,
        location=location_of(city_of(row), event.place),
        datetime=event.starts_local,
        cost=money.json_number(event.cost, event.currency),
        is_online=event.is_online,
        approved=LEGACY_VALUES[Approval(event.approval)],
        cover=_cover(row),
    )


def _participant(person: Person, account: Row[Any]) -> ParticipantRow:
    return ParticipantRow(
        id=str(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=str(person.graduation_year) if person.graduation_year else None,
        role=person.role,
        location=person.city.location if person.city else None,
        biography=person.biography,
        show_location=person.city is not None,
        is_verified=account.verified_at is not None,
        is_banned=not account.is_usable and account.verified_at is not None,
    )


def _cover(row: Row[Any]) -> StoredPicture | None:
    event: Event = row.Event
    if event.cover_id is None or row.digest is None:
        return None
    return StoredPicture(event.cover_id, row.digest, row.content_type, row.size)


def _participants(actor: Actor, events: Iterable[Event]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return by event id the ids of the people who go, the organiser first, read in one statement.

    People whom the actor may not know are represented by their stand-in ids.
    """
    by_id = {event.id: event for event in events}
    people: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for row in _going(actor, by_id) if by_id else ():
        event = by_id[row.event_id]
        may_know = _may_know(actor, event, row)
        people[event.id].append(row.account_id if may_know else stand_in_id(event.id, row.account_id))
    return people


def _may_know(actor: Actor, event: Event, row: Row[Any]) -> bool:
    return policies.may_know_participant(actor, event, row.account_id, shares_attendance=row.is_usable and row.shares)


def _going(actor: Actor, event_ids: Iterable[uuid.UUID]) -> Iterable[Row[Any]]:
    """Return a row for each person who goes to one of the events, the organiser of an event before its others.

    ``is_usable`` says whether the account is verified and not banned, ``shares`` whether the person shares their
    attendance with the actor.
    """
    is_usable, shares = is_active_account().label("is_usable"), conditions.shares_attendance(actor).label("shares")
    statement = (
        select(Participation.event_id, Participation.account_id, Account.verified_at, is_usable, shares)
        .join(Account, Account.id == Participation.account_id)
        .join(Event, Event.id == Participation.event_id)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .where(Participation.event_id.in_(event_ids), Participation.state == Attendance.GOING)
        .order_by((Participation.account_id == Event.owner_id).desc(), Participation.joined_at, Account.id)
    )
    return db.session.execute(statement)


def stand_in_id(event_id: uuid.UUID, account_id: uuid.UUID) -> uuid.UUID:
    """Return the id that replaces a participant whom the viewer may not see.

    It belongs to nobody, is always the same for this person at this event, and cannot be traced to the person.
    """
    return uuid.UUID(bytes=signing.digest("participant", event_id.bytes + account_id.bytes)[:16], version=4)
