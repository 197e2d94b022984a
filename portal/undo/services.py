"""Undoing what the alumni office did, as long as the messages about it wait."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, select

from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.manifest import AuditAction
from portal.extensions import db
from portal.outbox.holding import holding
from portal.outbox.services import withdraw
from portal.undo.models import UndoableAct

UNDO_FOR = timedelta(seconds=10)
"""How long an act can be undone, and how long its messages wait."""


@contextmanager
def undoable(actor: Actor, action: AuditAction, target_type: str, target_id: uuid.UUID) -> Iterator[UndoableAct]:
    """Store the act that the block does, and hold back the messages that the block queues for ``UNDO_FOR``.

    The block sets ``before`` and ``after`` of the yielded act: JSON by which the feature restores the state. Raise
    ``LookupError`` for an actor without an account, who could not undo anything.
    """
    act = UndoableAct(
        id=new_id(),
        action=action.value,
        target_type=target_type,
        target_id=target_id,
        actor_id=actor.id,
        before={},
        created_at=now(),
    )
    with holding(UNDO_FOR) as held:
        yield act
    act.message_keys, act.notice_keys, act.undo_until = held.keys, held.notice_keys, held.until
    db.session.add(act)
    db.session.flush()


def repeated(actor: Actor, action: AuditAction, target_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the same act of the actor that can still be undone, or ``None``.

    A button that was pressed twice has done nothing new then.
    """
    same = (UndoableAct.action == action.value, UndoableAct.target_id == target_id)
    return db.session.scalar(select(UndoableAct.id).where(*same, *_can_be_undone_by(actor)).limit(1))


def last_undoable(actor: Actor, target_type: str) -> UndoableAct | None:
    """Return the last act of the actor about such a target that can still be undone, or ``None``."""
    undoable_acts = select(UndoableAct).where(UndoableAct.target_type == target_type, *_can_be_undone_by(actor))
    return db.session.scalar(undoable_acts.order_by(UndoableAct.id.desc()).limit(1))


def _can_be_undone_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    own = UndoableAct.actor_id == actor.account_id
    return own, UndoableAct.undone_at.is_(None), UndoableAct.undo_until > now()


@contextmanager
def undoing(actor: Actor, act_id: uuid.UUID, target_type: str) -> Iterator[UndoableAct]:
    """Yield an act of the actor for the block to restore its ``before``, and withdraw its messages.

    What the block wrote is rolled back if it raises. Raise ``NotFound`` for an act that does not exist or is about
    another type of target, ``Forbidden`` for the act of somebody else, and ``Conflict`` if it has been undone already
    or its messages no longer wait.
    """
    locked = select(UndoableAct).where(UndoableAct.id == act_id).with_for_update()
    act = db.session.scalar(locked.execution_options(populate_existing=True))
    if act is None or act.target_type != target_type:
        raise NotFound("act_not_found", _("There is nothing to undo here."))
    if act.actor_id != actor.account_id:
        raise Forbidden("not_own_act", _("Only the colleague who decided this can undo it."))
    if act.undone_at is not None:
        raise Conflict("already_undone", _("This has already been undone."))
    if now() >= act.undo_until:
        raise too_late()
    with db.session.begin_nested():
        yield act
        act.undone_at = now()
        if withdraw(act.message_keys) < len(act.message_keys):
            raise too_late()


def too_late() -> Conflict:
    """Return the ``Conflict`` for an act whose messages have been sent."""
    return Conflict("too_late", _("It is too late to undo this: the email is on its way. Nothing was changed."))


def changed_since() -> Conflict:
    """Return the ``Conflict`` for an act whose target has been changed since by somebody else."""
    return Conflict("changed_since", _("This was changed again in the meantime, so it cannot be undone."))
