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
    """The people who wait for the office, and what it knows of the ``chosen`` one.

    ``is_chosen`` is false where the first person stands in because nobody, or somebody who does not wait, was chosen.
    ``following`` is the next person in the queue. ``similar`` are verified people who may be the same person.
    ``on_allow_list`` is about the email of the chosen person. ``unconfirmed`` counts people on the allow list who have
    not confirmed their email.
    """

    people: list[OfficePerson]
    chosen: OfficePerson | None
    is_chosen: bool
    following: OfficePerson | None
    similar: list[OfficePerson]
    on_allow_list: bool
    unconfirmed: int


def verification_queue(actor: Actor, chosen_id: uuid.UUID | None = None) -> VerificationQueue:
    """Return the people who wait for the office, with details of the chosen one if they wait, else of the first one.

    At most ``QUEUE_MAX`` people are included. It is recorded in the audit trail which people the actor saw.
    """
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
    """Return the person after ``chosen`` in the queue (after the last, the first), or ``None`` if nobody else waits."""
    if chosen is None or len(people) == 1:
        return None
    return people[(people.index(chosen) + 1) % len(people)]


def people_to_verify(actor: Actor, limit: int = QUEUE_MAX) -> list[OfficePerson]:
    """Return at most ``limit`` people who wait for the office to verify them, the longest waiting first.

    It is recorded in the audit trail that the actor saw them.
    """
    statement = select_people(actor).where(awaits_office()).order_by(Account.created_at, Account.id).limit(limit)
    return viewed_people(actor, db.session.execute(statement))


def people_to_verify_count() -> int:
    """Return how many people wait for the office to verify them."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_office())) or 0


def unconfirmed_count() -> int:
    """Return how many people registered with an email on the allow list and have not confirmed it; no banned ones."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_confirmation())) or 0


def similar_members(actor: Actor, person: OfficePerson) -> list[OfficePerson]:
    """Return up to ``SIMILAR_MAX`` verified people with the surname and the first initial of ``person``, in any case.

    They may be the person under another email; banned people are among them. It is recorded in the audit trail that the
    actor saw them.
    """
    statement = select_people(actor).where(
        Account.id != person.id,
        Account.verified_at.is_not(None),
        func.lower(Account.last_name) == person.last_name.lower(),
        func.lower(func.left(Account.first_name, 1)) == person.first_name[:1].lower(),
    )
    return viewed_people(actor, db.session.execute(statement.order_by(Account.id).limit(SIMILAR_MAX)))
