"""The queue of people who wait for the alumni office."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.accounts.registration.allow_list import is_allowed
from portal.admin.people.queries import (
    OfficePerson,
    awaits_confirmation,
    awaits_office,
    select_people,
    viewed_people,
)
from portal.core.actor import Actor
from portal.extensions import db

QUEUE_MAX = 100
SIMILAR_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationQueue:
    """The people who wait, and what the office knows of the ``chosen`` one.

    ``is_chosen`` is false where the first person stands in for one who does not wait. ``similar`` are members who may
    be the same person. ``unconfirmed`` counts people on the allow list who have not confirmed their email.
    """

    people: list[OfficePerson]
    chosen: OfficePerson | None
    is_chosen: bool
    following: OfficePerson | None
    similar: list[OfficePerson]
    on_allow_list: bool
    unconfirmed: int


def verification_queue(actor: Actor, chosen_id: uuid.UUID | None = None) -> VerificationQueue:
    """Return the queue with the chosen person, or with the first one if the chosen one does not wait."""
    people = people_to_verify(actor)
    chosen = next((person for person in people if person.id == chosen_id), people[0] if people else None)
    return VerificationQueue(
        people=people,
        chosen=chosen,
        is_chosen=chosen is not None and chosen.id == chosen_id,
        following=_following(people, chosen),
        similar=similar_members(actor, chosen) if chosen else [],
        on_allow_list=chosen is not None and is_allowed(chosen.email),
        unconfirmed=unconfirmed_count(),
    )


def _following(people: list[OfficePerson], chosen: OfficePerson | None) -> OfficePerson | None:
    """Return who comes next in the queue, which starts again after its end, or ``None`` if there is no other."""
    if chosen is None or len(people) == 1:
        return None
    return people[(people.index(chosen) + 1) % len(people)]


def people_to_verify(actor: Actor, limit: int = QUEUE_MAX) -> list[OfficePerson]:
    """Return the people who wait for the office, the longest waiting first, and log that the actor saw them."""
    statement = select_people(actor).where(awaits_office()).order_by(Account.created_at, Account.id).limit(limit)
    return viewed_people(actor, db.session.execute(statement))


def people_to_verify_count() -> int:
    """Return how many people wait for the office."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_office())) or 0


def unconfirmed_count() -> int:
    """Return how many people are on the allow list but have not confirmed their email."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_confirmation())) or 0


def similar_members(actor: Actor, person: OfficePerson) -> list[OfficePerson]:
    """Return members with the person's surname and first initial, who may be the person under another email.

    Logs that the actor saw them.
    """
    statement = select_people(actor).where(
        Account.id != person.id,
        Account.verified_at.is_not(None),
        func.lower(Account.last_name) == person.last_name.lower(),
        func.lower(func.left(Account.first_name, 1)) == person.first_name[:1].lower(),
    )
    return viewed_people(actor, db.session.execute(statement.order_by(Account.id).limit(SIMILAR_MAX)))
