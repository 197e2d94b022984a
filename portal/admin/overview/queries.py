"""What the first page of the alumni office shows: the beginnings of its queues, and numbers about the portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.admin.outbox.queries import undelivered_count
from portal.admin.people.queries import OfficePerson, is_banned
from portal.admin.reviews.queries import people_to_verify, people_to_verify_count
from portal.core.actor import Actor
from portal.core.clock import now
from portal.events import queries as events
from portal.events.records import EventCard
from portal.extensions import db
from portal.files import space
from portal.permissions.catalogue import Permission
from portal.profiles.models import Profile
from portal.profiles.policies import listed

SHOWN_PER_QUEUE = 3
TOO_LONG = timedelta(days=3)
"""How long a person may wait before the overview warns of it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of people and cities; ``alumni`` and ``cities`` count listed people only, ``banned`` those banned now.

    ``joined_this_month`` counts listed people who were verified since the first of the month (UTC).
    """

    alumni: int
    cities: int
    joined_this_month: int
    banned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The queues on which the viewer may decide, and numbers about the portal.

    ``people`` and ``events`` are the first of each queue, ``people_waiting`` and ``events_waiting`` the length of it;
    ``undelivered`` counts messages that were given up or are uncertain. ``lacks_space`` says that the disk has, or will
    soon have, too little space for pictures.
    """

    people: list[OfficePerson]
    people_waiting: int
    events: Sequence[EventCard]
    events_waiting: int
    undelivered: int
    lacks_space: bool
    numbers: Numbers

    @property
    def waits_since(self) -> datetime | None:
        """When the person who waits longest registered, or ``None`` if nobody waits."""
        return min((person.registered_at for person in self.people), default=None)

    @property
    def is_late(self) -> bool:
        """Whether somebody waits longer than ``TOO_LONG``."""
        return self.waits_since is not None and self.waits_since < now() - TOO_LONG


def overview(actor: Actor) -> Overview:
    """Return the overview for the actor; queues on which they may not decide are empty, with a length of 0.

    It is recorded in the audit trail which people the actor saw.
    """
    verifies, moderates = actor.may(Permission.PEOPLE_VERIFY), actor.may(Permission.EVENTS_MODERATE)
    return Overview(
        people=people_to_verify(actor, limit=SHOWN_PER_QUEUE) if verifies else [],
        people_waiting=people_to_verify_count() if verifies else 0,
        events=events.to_review(actor, limit=SHOWN_PER_QUEUE) if moderates else [],
        events_waiting=events.to_review_count(actor) if moderates else 0,
        undelivered=undelivered_count() if actor.may(Permission.OUTBOX_READ) else 0,
        lacks_space=space.warning() is not None,
        numbers=numbers(),
    )


def numbers() -> Numbers:
    """Return the numbers of people and cities in the portal, counted in one statement."""
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
