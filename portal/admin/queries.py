"""What waits for the office, how the portal is doing, and what became of its messages."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from portal.accounts.models import Account, AllowedAddress
from portal.accounts.registration.register import is_allowed
from portal.admin.people import OfficePerson, is_banned, noted, people_rows, waits_for_link, waits_for_office
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page
from portal.events import queries as events
from portal.events.records import EventCard
from portal.extensions import db
from portal.outbox.models import OutboxMessage, State
from portal.permissions.catalogue import Permission
from portal.profiles.models import Profile
from portal.profiles.policies import listed

QUEUE_MAX = 100
HEAD = 3
SIMILAR_MAX = 3


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
    events: Sequence[EventCard]
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
    statement = people_rows(actor).where(waits_for_office()).order_by(Account.created_at, Account.id).limit(limit)
    return noted(actor, db.session.execute(statement))


def to_verify_count() -> int:
    return db.session.scalar(select(func.count()).select_from(Account).where(waits_for_office())) or 0


def unopened_mails() -> int:
    """How many are on the allow list but have not followed the link in their mail."""
    return db.session.scalar(select(func.count()).select_from(Account).where(waits_for_link())) or 0


def similar(actor: Actor, person: OfficePerson) -> list[OfficePerson]:
    """Verified people of the same surname and first letter, who may be the same person with another address."""
    statement = people_rows(actor).where(
        Account.id != person.id,
        Account.verified_at.is_not(None),
        func.lower(Account.last_name) == person.last_name.lower(),
        func.lower(func.left(Account.first_name, 1)) == person.first_name[:1].lower(),
    )
    return noted(actor, db.session.execute(statement.order_by(Account.id).limit(SIMILAR_MAX)))


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
