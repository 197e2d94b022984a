"""What the page for somebody who waits for the office shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.accounts import queries as accounts
from portal.accounts.audit_actions import AccountAction
from portal.accounts.status import questions
from portal.accounts.status.models import OfficeQuestion
from portal.audit.models import AuditEntry
from portal.core.actor import Actor
from portal.events import outlines
from portal.events.records import EventOutline
from portal.extensions import db
from portal.profiles import queries as profiles
from portal.profiles.completion import Step, missing
from portal.profiles.visibility import Person

EVENTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """What somebody who waits for the office sees: since when, its last question, their profile, coming events.

    ``steps`` are what their profile lacks. ``is_again``: they were let in before, and that was withdrawn.
    """

    since: datetime
    is_again: bool
    email: str
    question: OfficeQuestion | None
    person: Person
    steps: list[Step]
    events: list[EventOutline]


def waiting_page(actor: Actor) -> WaitingPage:
    """Return the content of the page of the actor, who must be waiting for the office."""
    account = accounts.get(actor.id)
    withdrawn_at = _withdrawn_at(actor)
    person = profiles.own(actor)
    return WaitingPage(
        since=withdrawn_at or account.created_at,
        is_again=withdrawn_at is not None,
        email=account.email,
        question=_last_question(actor),
        person=person,
        steps=missing(person),
        events=outlines.upcoming(EVENTS_SHOWN),
    )


def _last_question(actor: Actor) -> OfficeQuestion | None:
    """Return what the office has asked the actor last, answered or not, or ``None``."""
    asked = questions.questions_to([actor.id])
    return asked[-1] if asked else None


def _withdrawn_at(actor: Actor) -> datetime | None:
    """Return when the office withdrew the actor's verification last, or ``None`` if it never did."""
    withdrawn = select(func.max(AuditEntry.at)).where(
        AuditEntry.target_type == "account",
        AuditEntry.target_id == str(actor.id),
        AuditEntry.action == AccountAction.UNVERIFY,
    )
    return db.session.scalar(withdrawn)
