"""What the office reads about people and messages, over the tables of several rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from portal.accounts.models import Account, AllowedAddress, VerifiedBy
from portal.accounts.services.registration import is_allowed
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.paging import LIMIT_DEFAULT, Page, keyset_page
from portal.events import queries as events
from portal.events.records import EventCard
from portal.extensions import db
from portal.outbox.models import OutboxMessage, State
from portal.permissions.catalogue import Permission
from portal.profiles.models import Audience, Profile
from portal.profiles.policies import listed
from portal.profiles.visibility import PersonCard, cards_seen_by, city_of

QUEUE_MAX = 100
HEAD = 3
SIMILAR_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePerson(PersonCard):
    """Somebody with all that the office may know."""

    email: str
    telegram_alias: str | None
    biography: str | None
    show_location: bool
    asked_at: datetime
    is_verified: bool
    is_banned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The queue of people and what the office knows of the one it looks at.

    ``unopened`` counts those who are on the allow list and have not followed the link in their mail.
    """

    people: list[OfficePerson]
    chosen: OfficePerson | None
    is_chosen: bool
    following: OfficePerson | None
    similar: list[OfficePerson]
    on_allow_list: bool
    unopened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What waits, as far as the reader decides on it, and how the portal is doing."""

    people: list[OfficePerson]
    people_waiting: int
    events: list[EventCard]
    events_waiting: int
    undelivered: int
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the portal is doing."""

    alumni: int
    cities: int
    joined_this_month: int
    banned: int


def overview(actor: Actor) -> Overview:
    """The heads of the queues that the actor may work on."""
    verifies, moderates = actor.may(Permission.PEOPLE_VERIFY), actor.may(Permission.EVENTS_MODERATE)
    return Overview(
        people=to_verify(actor, limit=HEAD) if verifies else [],
        people_waiting=to_verify_count() if verifies else 0,
        events=events.to_review(actor, limit=HEAD) if moderates else [],
        events_waiting=events.to_review_count(actor) if moderates else 0,
        undelivered=undelivered_count() if actor.may(Permission.OUTBOX_READ) else 0,
        numbers=numbers(),
    )


def users(
    actor: Actor,
    *,
    search: str | None = None,
    banned: bool | None = None,
    verified: bool | None = None,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[OfficePerson]:
    """Everybody who has an account and matches, the newest first."""
    statement = _people(actor).where(*_matching(search))
    if banned is not None:
        statement = statement.where(is_banned() if banned else ~is_banned())
    if verified is not None:
        statement = statement.where(Account.verified_at.is_not(None) if verified else Account.verified_at.is_(None))
    scope = f"office users {search} {banned} {verified}"
    return keyset_page(statement, order=(Account.id.desc(),), cursor=cursor, limit=limit, scope=scope).map(_person)


def banned_people(actor: Actor) -> list[OfficePerson]:
    """Everybody who is banned now."""
    rows = db.session.execute(_people(actor).where(is_banned()).order_by(Account.id.desc()))
    return [_person(row) for row in rows]


def verification(actor: Actor, chosen_id: uuid.UUID | None = None) -> Verification:
    """The queue with the chosen person beside it, or with the first one if that person does not wait."""
    people = to_verify(actor)
    chosen = next((person for person in people if person.id == chosen_id), people[0] if people else None)
    return Verification(
        people=people,
        chosen=chosen,
        is_chosen=chosen is not None and chosen.id == chosen_id,
        following=_after(people, chosen),
        similar=similar(actor, chosen) if chosen else [],
        on_allow_list=chosen is not None and is_allowed(chosen.email),
        unopened=unopened_mails(),
    )


def _after(people: list[OfficePerson], chosen: OfficePerson | None) -> OfficePerson | None:
    """Who comes next in the queue, from its end back to its start; nobody if there is no other."""
    if chosen is None or len(people) == 1:
        return None
    return people[(people.index(chosen) + 1) % len(people)]


def to_verify(actor: Actor, limit: int = QUEUE_MAX) -> list[OfficePerson]:
    """Who waits for the office, the longest waiting first."""
    statement = _people(actor).where(waits_for_office()).order_by(Account.created_at, Account.id).limit(limit)
    return [_person(row) for row in db.session.execute(statement)]


def to_verify_count() -> int:
    return db.session.scalar(select(func.count()).select_from(Account).where(waits_for_office())) or 0


def unopened_mails() -> int:
    """How many are on the allow list but have not followed the link in their mail."""
    waiting = (Account.verification == VerifiedBy.MAIL, Account.verified_at.is_(None), ~is_banned())
    return db.session.scalar(select(func.count()).select_from(Account).where(*waiting)) or 0


def similar(actor: Actor, person: OfficePerson) -> list[OfficePerson]:
    """Verified people of the same surname and first letter, who may be the same person with another address."""
    statement = _people(actor).where(
        Account.id != person.id,
        Account.verified_at.is_not(None),
        func.lower(Account.last_name) == person.last_name.lower(),
        func.lower(func.left(Account.first_name, 1)) == person.first_name[:1].lower(),
    )
    return [_person(row) for row in db.session.execute(statement.order_by(Account.id).limit(SIMILAR_MAX))]


def numbers() -> Numbers:
    """All of them in one statement."""
    month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    statement = (
        select(
            func.count().filter(listed()),
            func.count(Profile.city_id.distinct()).filter(listed()),
            func.count().filter(listed(), Account.verified_at >= month),
            func.count().filter(is_banned()),
        )
        .select_from(Account)
        .outerjoin(Profile, Profile.account_id == Account.id)
    )
    return Numbers(*db.session.execute(statement).one())


def allowed_addresses() -> int:
    """How long the allow list is; its addresses cannot be read back."""
    return db.session.scalar(select(func.count()).select_from(AllowedAddress)) or 0


def messages(state: State, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT) -> Page[Row[Any]]:
    """What is in the outbox in one state: the latest first, of those waiting the next first."""
    columns = (
        OutboxMessage.id,
        OutboxMessage.kind,
        OutboxMessage.channel,
        OutboxMessage.recipient,
        OutboxMessage.state,
        OutboxMessage.attempts,
        OutboxMessage.created_at,
        OutboxMessage.due_at,
        OutboxMessage.sent_at,
        OutboxMessage.last_error,
    )
    order = (
        (OutboxMessage.due_at.asc(), OutboxMessage.id.asc())
        if state is State.WAITING
        else (OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    )
    statement: Any = select(*columns).where(OutboxMessage.state == state)  # too many columns for its own type
    return keyset_page(statement, order=order, cursor=cursor, limit=limit, scope=f"outbox {state}")


def message_counts() -> dict[State, int]:
    rows = db.session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    counted = {row[0]: row[1] for row in rows}
    return {state: counted.get(state, 0) for state in State}


def undelivered_count() -> int:
    """Messages that somebody should look at."""
    lost = OutboxMessage.state.in_([State.GIVEN_UP, State.UNCERTAIN])
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(lost)) or 0


def waits_for_office() -> ColumnElement[bool]:
    return and_(Account.verification == VerifiedBy.OFFICE, Account.verified_at.is_(None), ~is_banned())


def is_banned() -> ColumnElement[bool]:
    ends_later = or_(Account.banned_until.is_(None), Account.banned_until > now())
    return and_(Account.banned_at.is_not(None), ends_later)


def _matching(search: str | None) -> list[ColumnElement[bool]]:
    """Every word must occur in the name or in the address."""
    everything = func.lower(Account.first_name + " " + Account.last_name + " " + Account.email)
    return [everything.contains(word, autoescape=True) for word in (search or "").lower().split()]


def _people(actor: Actor) -> Select[Any]:
    """People with the columns of ``_person``."""
    return cards_seen_by(actor).add_columns(
        Account.email,
        Account.created_at,
        Account.verified_at,
        is_banned().label("is_banned"),
        Profile.telegram_alias,
        Profile.biography,
        Profile.city_audience,
    )


def _person(row: Row[Any]) -> OfficePerson:
    return OfficePerson(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        role=row.role,
        graduation_year=row.graduation_year,
        work=row.work,
        avatar_id=row.avatar_id,
        city=city_of(row),
        email=row.email,
        telegram_alias=row.telegram_alias,
        biography=row.biography,
        show_location=row.city_audience not in {None, Audience.ME},
        asked_at=row.created_at,
        is_verified=row.verified_at is not None,
        is_banned=row.is_banned,
    )
