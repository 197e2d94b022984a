"""The office's review of registrations: accept, ask for more, decline; each can be undone for a moment."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _

from portal.accounts import policies, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import sessions
from portal.accounts.messages import ANSWERED, ASKED, DECLINED, enqueue_email, enqueue_emails
from portal.accounts.models import Account
from portal.accounts.status import decisions, questions
from portal.accounts.status.models import ANSWER_MAX, OfficeQuestion
from portal.accounts.status.reversible import Decided, undoable_decision
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.undo.services import repeated

ANSWER_PATH = "/waiting/answer"
QUEUE_PATH = "/admin/verification"


def accept(actor: Actor, account_id: uuid.UUID, note: str = "") -> Decided:
    """Verify a person who waits for the office and email them, with ``note`` if there is one.

    Repeating it while it can be undone changes nothing. Raise ``Forbidden`` without the permission, ``NotFound`` for an
    unknown account, ``Conflict`` for somebody who does not wait any more, and ``Invalid`` for a note longer than
    ``REASON_MAX``.
    """
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    note = decisions.validated_text(note, field="note")
    if account.is_verified and (act_id := repeated(actor, AccountAction.VERIFY, account_id)):
        return Decided(account, act_id)
    _check_waits(account)
    with undoable_decision(actor, AccountAction.VERIFY, account_id) as act:
        decisions.verify(actor, account_id, note=note)
    return Decided(account, act.id)


def decline(actor: Actor, account_id: uuid.UUID, reason: str) -> Decided:
    """Decline the registration of a person who waits for the office, and email them the reason.

    They are banned until the office lifts that. Repeating it while it can be undone changes nothing. Raise
    ``Forbidden`` without the permission, ``NotFound`` for an unknown account, ``Conflict`` for somebody who does not
    wait any more, and ``Invalid`` for a reason that is empty or longer than ``REASON_MAX``.
    """
    account = queries.lock(account_id)
    policies.check_may_ban(actor, account)
    if account.is_banned(now()) and (act_id := repeated(actor, AccountAction.DECLINE, account_id)):
        return Decided(account, act_id)
    _check_waits(account)
    reason = decisions.validated_text(reason, field="note")
    if not reason:
        raise Invalid("missing", _("Give a reason, so that the person knows what to do."), field="note")
    with undoable_decision(actor, AccountAction.DECLINE, account_id) as act:
        account.banned_at, account.banned_until, account.ban_reason = now(), None, reason
        decisions.end_secrets(account)
        sessions.end_all(account.id)
        record(actor, AccountAction.DECLINE, target=("account", account.id), reason=reason)
        enqueue_email(account, DECLINED, key=str(act.id), reason=reason)
    return Decided(account, act.id)


def ask(actor: Actor, account_id: uuid.UUID, question: str) -> Decided:
    """Ask a person who waits for the office a question, which they are emailed and find on their page.

    Repeating it while it can be undone changes nothing. Raise ``Forbidden`` without the permission, ``NotFound`` for an
    unknown account, ``Conflict`` for somebody who does not wait any more or has not answered the last question, and
    ``Invalid`` for a question that is empty or longer than ``REASON_MAX``.
    """
    policies.check_may_verify(actor)
    account = queries.lock(account_id)
    _check_waits(account)
    question = decisions.validated_text(question, field="note")
    if not question:
        raise Invalid("missing", _("Write what you want to ask."), field="note")
    if open_question := questions.open_question(account_id):
        act_id = repeated(actor, AccountAction.ASK, account_id) if open_question.text == question else None
        if act_id is None:
            raise Conflict("asked_already", _("They have not answered the last question yet."))
        return Decided(account, act_id)
    with undoable_decision(actor, AccountAction.ASK, account_id) as act:
        asked = OfficeQuestion(account_id=account_id, text=question, asked_by=actor.account_id)
        db.session.add(asked)
        db.session.flush()
        act.before["question"] = str(asked.id)
        record(actor, AccountAction.ASK, target=("account", account_id), reason=question)
        enqueue_email(account, ASKED, key=str(asked.id), question=question, url=ANSWER_PATH)
    return Decided(account, act.id)


def answer(actor: Actor, question_id: uuid.UUID, text: str) -> OfficeQuestion:
    """Store the actor's answer to a question of the office, email it to everybody who may verify, and return it.

    Raise ``NotFound`` if the question does not exist or is to somebody else, ``Conflict`` if it has been answered or
    the actor does not wait any more, and ``Invalid`` for an answer that is empty or longer than ``ANSWER_MAX``.
    """
    account = queries.lock(actor.id)
    question = questions.own_question(actor, question_id)
    text = decisions.validated_text(text, field="answer", most=ANSWER_MAX)
    if not text:
        raise Invalid("missing", _("Write your answer."), field="answer")
    _check_waits(account)
    if question.answered_at is not None:
        raise Conflict("answered_already", _("You have answered this question already."))
    question.answer, question.answered_at = text, now()
    record(actor, AccountAction.ANSWER, target=("account", account.id), reason=text)
    enqueue_emails(
        ANSWERED,
        queries.is_holder(Permission.PEOPLE_VERIFY),
        key=str(question.id),
        person=account.name,
        question=question.text,
        answer=text,
        url=f"{QUEUE_PATH}?person={account.id}",
    )
    return question


def _check_waits(account: Account) -> None:
    """Raise ``Conflict`` for a person who is verified or banned, so that a late click changes nothing."""
    if account.is_verified:
        raise Conflict("already_verified", _("%(name)s has been accepted already.", name=account.name))
    if account.is_banned(now()):
        raise Conflict("already_banned", _("%(name)s has been declined already.", name=account.name))
