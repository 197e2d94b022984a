"""The queue of people who wait for the alumni office."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, tuple_, union
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.accounts.registration.allow_list import is_allowed
from portal.accounts.status.models import OfficeQuestion
from portal.accounts.status.questions import questions_to
from portal.admin.people.queries import (
    OfficePerson,
    awaits_confirmation,
    awaits_office,
    select_people,
    viewed_people,
)
from portal.core.actor import Actor
from portal.directory.name_search import match_names_and_emails
from portal.events import queries as events
from portal.events.models import Event
from portal.events.records import EventCard
from portal.extensions import db

QUEUE_MAX = 100
SIMILAR_MAX = 3

Questions = Mapping[uuid.UUID, Sequence[OfficeQuestion]]
"""The questions that the office asked, the oldest first, by the id of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationQueue:
    """The people who wait for the office, and what it knows of the ``chosen`` one.

    ``is_chosen`` is false where the first person stands in because nobody, or somebody who does not wait, was chosen.
    ``following`` and ``previous`` are the next and the last person in the queue. ``similar`` are accounts that may
    belong to the same person. ``on_allow_list`` is about the email of the chosen person. ``total`` counts everybody who
    waits, ``unconfirmed`` people on the allow list who have not confirmed their email.
    """

    people: list[OfficePerson]
    questions: Questions
    chosen: OfficePerson | None
    is_chosen: bool
    following: OfficePerson | None
    previous: OfficePerson | None
    similar: list[OfficePerson]
    on_allow_list: bool
    total: int
    unconfirmed: int

    def state_of(self, person: OfficePerson) -> str | None:
        """Return ``asked`` or ``answered`` for a person whom the office asked a question, else ``None``."""
        asked = self.questions.get(person.id)
        if not asked:
            return None
        return "answered" if asked[-1].answered_at else "asked"

    @property
    def longest_waiting(self) -> OfficePerson | None:
        """The person who registered first, or ``None`` if nobody waits."""
        return min(self.people, key=attrgetter("registered_at"), default=None)


def verification_queue(actor: Actor, chosen_id: uuid.UUID | None = None) -> VerificationQueue:
    """Return the people who wait for the office, with details of the chosen one if they wait, else of the first one.

    At most ``QUEUE_MAX`` people are included. It is recorded in the audit trail which people the actor saw.
    """
    people = people_to_verify(actor)
    chosen = next((person for person in people if person.id == chosen_id), people[0] if people else None)
    return VerificationQueue(
        people=people,
        questions=_by_person(questions_to(person.id for person in people)) if people else {},
        chosen=chosen,
        is_chosen=chosen is not None and chosen.id == chosen_id,
        following=_beside(people, chosen, 1),
        previous=_beside(people, chosen, -1),
        similar=similar_people(actor, chosen) if chosen else [],
        on_allow_list=chosen is not None and is_allowed(chosen.email),
        total=people_to_verify_count() if len(people) == QUEUE_MAX else len(people),
        unconfirmed=unconfirmed_count(),
    )


def _by_person(questions: Sequence[OfficeQuestion]) -> Questions:
    by_account = sorted(questions, key=attrgetter("account_id"))  # a stable sort keeps the order of time
    return {account_id: list(asked) for account_id, asked in groupby(by_account, key=attrgetter("account_id"))}


def _beside(people: list[OfficePerson], chosen: OfficePerson | None, step: int) -> OfficePerson | None:
    """Return the person ``step`` places after ``chosen``, round the ends, or ``None`` if nobody else waits."""
    if chosen is None or len(people) == 1:
        return None
    return people[(people.index(chosen) + step) % len(people)]


def people_to_verify(actor: Actor, limit: int = QUEUE_MAX) -> list[OfficePerson]:
    """Return at most ``limit`` people who wait for the office to verify them.

    The longest waiting come first, and after them those who have yet to answer a question. It is recorded in the audit
    trail that the actor saw them.
    """
    order = (_owes_answer(), Account.created_at, Account.id)
    statement = select_people(actor).where(awaits_office()).order_by(*order).limit(limit)
    return viewed_people(actor, db.session.execute(statement))


def next_to_verify(after_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the person who follows in the queue after an account, whether that still waits or not.

    It is the first of the queue if only people who registered earlier wait, and ``None`` if nobody else waits.
    """
    place = aliased(Account)
    after = select(place.created_at, place.id).where(place.id == after_id).scalar_subquery()
    is_later = tuple_(Account.created_at, Account.id) > after
    order: tuple[Any, ...] = (_owes_answer(), ~is_later, Account.created_at, Account.id)
    others = select(Account.id).where(awaits_office(), Account.id != after_id)
    return db.session.scalar(others.order_by(*order).limit(1))


def _owes_answer() -> ColumnElement[bool]:
    """Return the SQL expression whether somebody has not answered the office's question yet; false sorts first."""
    unanswered = (OfficeQuestion.account_id == Account.id, OfficeQuestion.answered_at.is_(None))
    return exists().where(*unanswered)


def people_to_verify_count() -> int:
    """Return how many people wait for the office to verify them."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_office())) or 0


def people_to_decide_count() -> int:
    """Return how many people wait for a decision of the office, without those who have yet to answer its question."""
    undecided = (awaits_office(), ~_owes_answer())
    return db.session.scalar(select(func.count()).select_from(Account).where(*undecided)) or 0


def unconfirmed_count() -> int:
    """Return how many people registered with an email on the allow list and have not confirmed it; no banned ones."""
    return db.session.scalar(select(func.count()).select_from(Account).where(awaits_confirmation())) or 0


def similar_people(actor: Actor, person: OfficePerson) -> list[OfficePerson]:
    """Return up to ``SIMILAR_MAX`` accounts that may belong to ``person``, of every status, verified ones first.

    They have the name, in any script and order, the surname and the first initial, or the part of the email before the
    ``@``. It is recorded in the audit trail that the actor saw them.
    """
    other = Account.id != person.id
    initial = func.lower(func.left(Account.first_name, 1)) == person.first_name[:1].lower()
    alike = (
        match_names_and_emails(person.name),
        [func.lower(Account.last_name) == person.last_name.lower(), Account.last_name != "", initial],
        [func.split_part(Account.email, "@", 1) == person.email.partition("@")[0]],
    )
    # Separate subqueries, so that each can use its index.
    found = [select(Account.id).where(other, *conditions).limit(SIMILAR_MAX).subquery() for conditions in alike]
    ids = union(*(select(subquery.c.id) for subquery in found))
    statement = select_people(actor).where(Account.id.in_(ids))
    order = (Account.verified_at.is_(None), Account.id)
    return viewed_people(actor, db.session.execute(statement.order_by(*order).limit(SIMILAR_MAX)))


def descriptions(actor: Actor, cards: Sequence[EventCard]) -> dict[uuid.UUID, str]:
    """Return the descriptions of events by id, of those that the actor may see."""
    visible = events.visible_to(actor).where(Event.id.in_([card.id for card in cards]))
    rows = db.session.execute(visible.with_only_columns(Event.id, Event.description))
    return {row.id: row.description for row in rows}
