"""Reads of events and their participants in the form of the legacy contract."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Row,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.accounts.models import Account
from portal.api.shapes.event import ParticipantRow
from portal.api.shared_lists import SharedList
from portal.cities.models import CITIES, City
from portal.core import money
from portal.core.actor import Actor
from portal.core.approval import LEGACY_VALUES, Approval
from portal.core.db.base import AnySelect
from portal.core.db.lists import LIMIT_DEFAULT, SHAPES_MAX, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.security import signing
from portal.events import conditions, policies, queries
from portal.events.conditions import SearchedText
from portal.events.models import EVENTS, Attendance, Event, Participation
from portal.events.records import LegacyEvent
from portal.files.models import Picture
from portal.files.storage import StoredPicture
from portal.profiles.models import PEOPLE, Profile
from portal.profiles.policies import is_active_account
from portal.profiles.visibility import CITY_COLUMNS, CityLabel, card, city_of, visible_columns

ARRAY_MAX = 50
STAND_INS_KEPT = 30_000
NEWEST_FIRST = (Event.starts_at.desc(), Event.id.asc())
HIDDEN = "-"
"""Mark before the id of a participant whom the viewer may not know."""


class LegacyList(Enum):
    """The lists of events in the legacy contract, and ``ONE``, the event with an id."""

    APPROVED = auto()
    OFFICE = auto()
    OWN_PENDING = auto()
    OWN_DECIDED = auto()
    ATTENDED = auto()
    ONE = auto()


class CoveredEvent(NamedTuple):
    """An event with the picture that is its cover, or ``None``."""

    event: LegacyEvent
    cover: StoredPicture | None


def page_json(actor: Actor, *, search: str | None, cursor: str | None, limit: int = LIMIT_DEFAULT) -> Any:
    """Return the JSON of one page of the approved, not cancelled events, the furthest in the future first.

    ``search`` selects those that ``conditions.contains`` finds. Raises ``Invalid`` for a bad cursor.
    """

    def read(reader: Actor) -> Page[Any]:
        return _searched_page(reader, LegacyList.APPROVED, search, cursor, limit, f"legacy events {search}")

    return _APPROVED.answer(actor, (search, cursor, limit), read)


def page_for_office(
    actor: Actor, *, search: str | None, cursor: str | None, limit: int = LIMIT_DEFAULT
) -> Page[LegacyEvent]:
    """Return one page of the events in every state that the actor may see, the furthest in the future first.

    ``search`` selects those that ``conditions.contains`` finds. Raises ``Invalid`` for a bad cursor.
    """
    scope = f"legacy office events {search}"
    return _searched_page(actor, LegacyList.OFFICE, search, cursor, limit, scope).map(_record)


def pending_of(actor: Actor, *, cursor: str | None, limit: int = LIMIT_DEFAULT) -> Page[CoveredEvent]:
    """Return one page of the actor's own events that wait for review and are not cancelled.

    The furthest in the future comes first. Raises ``Invalid`` for a bad cursor.
    """
    page = _EVENTS.page(
        kind_of(actor),
        LegacyList.OWN_PENDING,
        values=caller_values(actor),
        scope="legacy pending events",
        cursor=cursor,
        limit=limit,
    )
    return page.map(_covered)


def owned_by(actor: Actor) -> list[CoveredEvent]:
    """Return the actor's own approved and declined events that are not cancelled.

    They are at most ``ARRAY_MAX``, the furthest in the future first.
    """
    return _newest(actor, LegacyList.OWN_DECIDED)


def attended_by(actor: Actor, account_id: uuid.UUID) -> list[CoveredEvent]:
    """Return the approved events that a person goes to, as far as the actor may know it.

    They are at most ``ARRAY_MAX``, the furthest in the future first, without cancelled ones.
    """
    return _newest(actor, LegacyList.ATTENDED, person=account_id)


def find(actor: Actor, event_id: uuid.UUID) -> CoveredEvent:
    """Return one event in the legacy contract; raise ``NotFound`` if it does not exist or the actor may not see it."""
    found = _newest(actor, LegacyList.ONE, event=event_id)
    if not found:
        raise queries.no_such_event()
    return found[0]


def participants(actor: Actor, event_id: uuid.UUID) -> list[ParticipantRow]:
    """Return the people going to the event whom the actor may know, the organiser first.

    Others follow in the order of joining. The event's organiser and the office may know everybody, others themselves
    and people who share their attendance. Accounts that are not active are included for the office only. Raises
    ``NotFound`` if the actor may not see the event.
    """
    rows = _participants(kind_of(actor)).rows(**caller_values(actor), event=event_id)
    if not rows:
        queries.find(actor, event_id)
    return [_participant(row) for row in rows]


@lru_cache(SHAPES_MAX)
def _participants(actor: Actor) -> RawQuery:
    """Return the query of the people going to the event with the parameter ``event``, for callers of a kind."""
    biography = visible_columns((Profile.biography,), actor)
    status = (Account.verified_at, is_active_account().label("is_usable"))
    people = queries.select_participants(actor, Attendance.GOING).add_columns(*biography, *status)
    is_owner = Participation.account_id == Event.owner_id
    return RawQuery(people.order_by(is_owner.desc(), Participation.joined_at, Account.id))


def location_of(city: CityLabel | City | None, place: str) -> str:
    """Return the location in the legacy contract: ``Country, City``, or ``place`` for an event without a city."""
    return city.location if city else place


def _searched_page(
    actor: Actor, which: LegacyList, search: str | None, cursor: str | None, limit: int, scope: str
) -> Page[Row[Any]]:
    searched = conditions.searched_text(search) if search else None
    shape = (kind_of(actor), which, searched and searched.kind)
    values = {**caller_values(actor), "pattern": searched and searched.pattern}
    return _EVENTS.page(*shape, values=values, scope=scope, cursor=cursor, limit=limit)


def _newest(actor: Actor, which: LegacyList, **values: object) -> list[CoveredEvent]:
    """Return the ``ARRAY_MAX`` events of a list with the latest start.

    They are for answers that are bare arrays in the legacy contract and so cannot have a second page.
    """
    rows = _EVENTS.page(
        kind_of(actor), which, values={**caller_values(actor), **values}, scope=which.name, limit=ARRAY_MAX
    )
    return [_covered(row) for row in rows.items]


def _select(actor: Actor, which: LegacyList, search_kind: SearchedText.Kind | None = None) -> ListStatement:
    """Return the statement of a list as callers of the kind ``actor`` see it."""
    events = queries.visible_to(actor).with_only_columns(Event.id).where(*_criteria(actor, which))
    if search_kind:
        events = events.where(conditions.contains(search_kind, bindparam("pattern")))

    def details(page: Subquery) -> AnySelect:
        pictures = (Picture.digest, Picture.content_type, Picture.size)
        statement: AnySelect = select(*COLUMNS, *CITY_COLUMNS, *pictures, _going_ids(actor))
        return (
            statement.join(page, page.c.id == Event.id)
            .outerjoin(City, City.id == Event.city_id)
            .outerjoin(Picture, Picture.id == Event.cover_id)
        )

    return ListStatement(events, NEWEST_FIRST, details)


_EVENTS = ListQuery(_select)
COLUMNS = (
    Event.id,
    Event.owner_id,
    Event.title,
    Event.description,
    Event.place,
    Event.starts_local,
    Event.cost,
    Event.currency,
    Event.is_online,
    Event.approval,
    Event.cover_id,
)


def _criteria(actor: Actor, which: LegacyList) -> tuple[ColumnElement[bool], ...]:
    is_not_cancelled, is_own = Event.cancelled_at.is_(None), Event.owner_id == actor.account_id
    is_approved = Event.approval == Approval.APPROVED
    criteria: Mapping[LegacyList, tuple[ColumnElement[bool], ...]] = {
        LegacyList.APPROVED: (is_approved, is_not_cancelled),
        LegacyList.OFFICE: (),
        LegacyList.OWN_PENDING: (is_own, is_not_cancelled, Event.approval == Approval.PENDING),
        LegacyList.OWN_DECIDED: (is_own, is_not_cancelled, Event.approval != Approval.PENDING),
        LegacyList.ONE: (Event.id == bindparam("event"),),
    }
    if which is LegacyList.ATTENDED:
        return is_approved, is_not_cancelled, conditions.visibly_attended_by(actor, bindparam("person"))
    return criteria[which]


def _going_ids(actor: Actor) -> ColumnElement[str | None]:
    """Return the column ``going``: the ids of the people who go, the organiser first, as text with commas between.

    An id has ``HIDDEN`` before it where the actor may not know the person.
    """
    is_owner = Participation.account_id == Event.owner_id
    marked = case((_may_know_in_sql(actor), ""), else_=HIDDEN).concat(cast(Participation.account_id, Text))
    order = (is_owner.desc(), Participation.joined_at, Participation.account_id)
    return (
        select(func.string_agg(marked, aggregate_order_by(literal(","), *order)))
        .select_from(Participation)
        .join(Account, Account.id == Participation.account_id)
        .outerjoin(Profile, Profile.account_id == Account.id)
        .where(Participation.event_id == Event.id, Participation.state == Attendance.GOING)
        .correlate(Event)
        .scalar_subquery()
        .label("going")
    )


def _may_know_in_sql(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition that the actor may know that the person in a row goes to the event in it.

    The person, the event's organiser and the office may; anybody else may only if the person, whose account must be
    active, shares their attendance with them.
    """
    if policies.is_office(actor):
        return true()
    shares = and_(is_active_account(), conditions.shares_attendance(actor))
    return or_(Participation.account_id == actor.account_id, Event.owner_id == actor.account_id, shares)


def _covered(row: Row[Any]) -> CoveredEvent:
    return CoveredEvent(_record(row), _cover(row))


def _record(row: Row[Any]) -> LegacyEvent:
    return LegacyEvent(
        id=row.id,
        owner_id=row.owner_id,
        participants_ids=_participants_ids(row.id, row.going),
        title=row.title,
        description=row.description,
        location=location_of(city_of(row), row.place),
        datetime=row.starts_local,
        cost=money.json_number(row.cost, row.currency),
        is_online=row.is_online,
        approved=LEGACY_VALUES[Approval(row.approval)],
    )


def _participants_ids(event_id: uuid.UUID, going: str | None) -> list[str]:
    """Return the ids of participants in the column of ``_going_ids``, with stand-ins for those with ``HIDDEN``."""
    ids = going.split(",") if going else []
    if going and HIDDEN in {one[0] for one in ids}:
        return [stand_in_id(event_id, one[1:]) if one[0] == HIDDEN else one for one in ids]
    return ids


def _participant(row: Row[Any]) -> ParticipantRow:
    person = card(row)
    return ParticipantRow(
        id=str(person.id),
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=str(person.graduation_year) if person.graduation_year else None,
        role=person.role,
        location=person.city.location if person.city else None,
        biography=row.biography,
        show_location=person.city is not None,
        is_verified=row.verified_at is not None,
        is_banned=not row.is_usable and row.verified_at is not None,
    )


def _cover(row: Row[Any]) -> StoredPicture | None:
    if row.cover_id is None or row.digest is None:
        return None
    return StoredPicture(row.cover_id, row.digest, row.content_type, row.size)


def _who_sees_more(rows: list[Row[Any]]) -> set[uuid.UUID]:
    """Return who sees more of some events than others of their kind: whom others may not know, and the organisers."""
    hidden = {row.id: [one[1:] for one in row.going.split(",") if one[0] == HIDDEN] for row in rows if row.going}
    organisers = {row.owner_id for row in rows if hidden.get(row.id)}
    return organisers | {uuid.UUID(one) for ids in hidden.values() for one in ids}


def stand_in_id(event_id: uuid.UUID, account_id: str) -> str:
    """Return the id that replaces a participant, given by account id, whom the viewer may not see.

    It belongs to nobody, is always the same for this person at this event, and cannot be traced to the person.
    """
    return _stand_in_id(str(current_app.config["SECRET_KEY"]), event_id, account_id)


@lru_cache(STAND_INS_KEPT)
def _stand_in_id(_secret: str, event_id: uuid.UUID, account_id: str) -> str:
    """Return the stand-in under the application's secret, which is an argument for the memory of results only."""
    person = event_id.bytes + uuid.UUID(account_id).bytes
    return str(uuid.UUID(bytes=signing.digest("participant", person)[:16], version=4))


_APPROVED: SharedList[Row[Any], LegacyEvent] = SharedList(
    "legacy events", EVENTS, PEOPLE, CITIES, record=_record, personal_to=_who_sees_more
)
