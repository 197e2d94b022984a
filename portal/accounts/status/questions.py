"""Reads of the questions that the alumni office asks people who wait for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from portal.accounts.status.models import OfficeQuestion
from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db


def open_question(account_id: uuid.UUID) -> OfficeQuestion | None:
    """Return the question that a person has not answered yet, or ``None``."""
    unanswered = (OfficeQuestion.account_id == account_id, OfficeQuestion.answered_at.is_(None))
    return db.session.scalar(select(OfficeQuestion).where(*unanswered))


def questions_to(account_ids: Iterable[uuid.UUID]) -> Sequence[OfficeQuestion]:
    """Return every question to these people, answered or not, the oldest first."""
    asked = select(OfficeQuestion).where(OfficeQuestion.account_id.in_(list(account_ids)))
    return db.session.scalars(asked.order_by(OfficeQuestion.asked_at, OfficeQuestion.id)).all()


def own_question(actor: Actor, question_id: uuid.UUID) -> OfficeQuestion:
    """Return a question to the actor; raise ``NotFound`` if it does not exist or is to somebody else."""
    question = db.session.get(OfficeQuestion, question_id)
    if question is None or question.account_id != actor.account_id:
        raise NotFound("question_not_found", _("There is no such question."))
    return question
