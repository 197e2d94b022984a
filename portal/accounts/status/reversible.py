"""Decisions of the alumni office about people that can be undone until the email about them leaves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update

from portal.accounts import policies, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import one_time_secrets, sessions
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.models import Account, AccountWarning, OneTimeSecret, SignIn
from portal.accounts.status import decisions
from portal.accounts.status.models import OfficeQuestion
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.errors import Conflict
from portal.extensions import db
from portal.undo.models import UndoableAct
from portal.undo.services import changed_since, undoable, undoing

INSTANTS = ("verified_at", "banned_at", "banned_until")
COLUMNS = (*INSTANTS, "verified_by", "verification", "ban_reason", "role")


@dataclass(frozen=True, slots=True)
class Decided:
    """The account that a decision was about, and the id by which the decision can be undone; ``None`` if it cannot."""

    account: Account
    act_id: uuid.UUID | None


def verify(actor: Actor, account_id: uuid.UUID, role: str | None = None) -> Decided:
    """Verify a person as ``decisions.verify`` does, so that it can be undone unless it changes their role.

    The graduation year, which a change of role clears, could not be restored.
    """
    policies.check_may_verify(actor)
    if role is not None and role != queries.lock(account_id).role:
        return Decided(decisions.verify(actor, account_id, role), None)
    with undoable_decision(actor, AccountAction.VERIFY, account_id) as act:
        account = decisions.verify(actor, account_id)
    return Decided(account, act.id)


def unverify(actor: Actor, account_id: uuid.UUID) -> Decided:
    """Withdraw a verification as ``decisions.unverify`` does, so that it can be undone."""
    policies.check_may_verify(actor)
    with undoable_decision(actor, AccountAction.UNVERIFY, account_id) as act:
        account = decisions.unverify(actor, account_id)
    return Decided(account, act.id)


def ban(actor: Actor, account_id: uuid.UUID, *, reason: str = "", until: datetime | None = None) -> Decided:
    """Ban a person as ``decisions.ban`` does, so that it can be undone."""
    policies.check_may_ban(actor, queries.lock(account_id))
    with undoable_decision(actor, AccountAction.BAN, account_id) as act:
        account = decisions.ban(actor, account_id, reason=reason, until=until)
    return Decided(account, act.id)


def unban(actor: Actor, account_id: uuid.UUID) -> Decided:
    """Lift a ban as ``decisions.unban`` does, so that it can be undone."""
    policies.check_may_ban(actor, queries.lock(account_id))
    with undoable_decision(actor, AccountAction.UNBAN, account_id) as act:
        account = decisions.unban(actor, account_id)
    return Decided(account, act.id)


def warn(actor: Actor, account_id: uuid.UUID, text: str) -> Decided:
    """Warn a person as ``decisions.warn`` does, so that it can be undone until they have read it."""
    policies.check_may_warn(actor)
    with undoable_decision(actor, AccountAction.WARN, account_id) as act:
        act.before["warning"] = str(decisions.warn(actor, account_id, text).id)
    return Decided(queries.get(account_id), act.id)


@contextmanager
def undoable_decision(actor: Actor, action: AccountAction, account_id: uuid.UUID) -> Iterator[UndoableAct]:
    """Store the decision that the block makes, with what undoing it needs; its emails wait until it cannot be undone.

    The account stays locked until the transaction ends. Raise ``NotFound`` for an unknown account.
    """
    account = queries.lock(account_id)
    with undoable(actor, action, "account", account_id) as act:
        act.before = {**_status(account), "sessions": _open_sessions(account), "secrets": _open_secrets(account)}
        yield act
        act.after = _status(account)


def undo(actor: Actor, act_id: uuid.UUID) -> Account:
    """Undo a decision of the actor about a person, withdraw the emails about it, and return the account.

    The account gets the status that it had before, and the sessions, links and codes that the decision ended work
    again. Sessions that began since end where the person may not sign in any more. An audit entry is added.

    Raise ``NotFound`` for an unknown act, ``Forbidden`` for that of somebody else and for an actor who may no longer
    decide this, and ``Conflict`` if it has been undone already, the email has left, the account has been changed since,
    or the person has read the warning or answered the question.
    """
    with undoing(actor, act_id, "account") as act:
        account = queries.lock(act.target_id)
        _check_may_undo(actor, account, act)
        if _status(account) != act.after:
            raise changed_since()
        _remove_what_was_added(act)
        for name in COLUMNS:
            setattr(account, name, _from_json(name, act.before[name]))
        _restore_sign_ins(account, act)
        record(actor, AccountAction.UNDO, target=("account", account.id), undone=act.action)
    return account


def _check_may_undo(actor: Actor, account: Account, act: UndoableAct) -> None:
    if act.action in {AccountAction.VERIFY, AccountAction.UNVERIFY, AccountAction.ASK}:
        policies.check_may_verify(actor)
    else:
        policies.check_may_ban(actor, account)


def _status(account: Account) -> dict[str, Any]:
    """Return the columns of the account that decisions change, as JSON."""
    return {name: _to_json(getattr(account, name)) for name in COLUMNS}


def _to_json(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)


def _from_json(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "verified_by":
        return uuid.UUID(value)
    return datetime.fromisoformat(value) if name in INSTANTS else value


def _open_sessions(account: Account) -> list[str]:
    is_open = (SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    return [str(row) for row in db.session.scalars(select(SignIn.id).where(*is_open))]


def _open_secrets(account: Account) -> list[str]:
    is_open = (OneTimeSecret.account_id == account.id, OneTimeSecret.ended_at.is_(None))
    purposes = OneTimeSecret.purpose.in_(decisions.ENDED_BY_DECISIONS)
    return [str(row) for row in db.session.scalars(select(OneTimeSecret.id).where(*is_open, purposes))]


def _remove_what_was_added(act: UndoableAct) -> None:
    """Delete the warning or the question that was the decision; raise ``Conflict`` if the person has reacted to it."""
    if "warning" in act.before:
        unread = (AccountWarning.id == uuid.UUID(str(act.before["warning"])), AccountWarning.read_at.is_(None))
        if not db.session.scalars(delete(AccountWarning).where(*unread).returning(AccountWarning.id)).all():
            raise Conflict("has_read", _("They have read the warning already, so it cannot be undone."))
    if "question" in act.before:
        open_one = (OfficeQuestion.id == uuid.UUID(str(act.before["question"])), OfficeQuestion.answered_at.is_(None))
        if not db.session.scalars(delete(OfficeQuestion).where(*open_one).returning(OfficeQuestion.id)).all():
            raise Conflict("has_answered", _("They have answered already, so the question cannot be undone."))


def _restore_sign_ins(account: Account, act: UndoableAct) -> None:
    """Let what the decision ended work again, and end the sessions and secrets that only the decision allowed."""
    before: Any = act.before
    if act.action == AccountAction.VERIFY or act.action == AccountAction.UNBAN:
        sessions.end(SignIn.account_id == account.id, SignIn.created_at >= act.created_at)
        one_time_secrets.end_all(account.id, *Purpose.granting_access())
    was_open = (SignIn.id.in_(map(uuid.UUID, before["sessions"])), SignIn.ended_at >= act.created_at)
    db.session.execute(update(SignIn).where(*was_open).values(ended_at=None))
    was_live = (OneTimeSecret.id.in_(map(uuid.UUID, before["secrets"])), OneTimeSecret.used_at.is_(None))
    db.session.execute(update(OneTimeSecret).where(*was_live).values(ended_at=None))
