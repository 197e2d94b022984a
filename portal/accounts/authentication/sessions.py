"""Ending sessions: one, all except the present one, or all of an account."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.models import SignIn
from portal.accounts.policies import check_may_end_sign_in, check_may_secure
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.extensions import db


def sign_out(actor: Actor) -> None:
    """End the session of this request and add an audit entry.

    Nothing happens for an actor without a session or whose session has already ended.
    """
    if actor.session_id is None:
        return
    if end(SignIn.id == actor.session_id):
        record(actor, AccountAction.SIGN_OUT, target=("account", actor.account_id))


def sign_out_everywhere(actor: Actor) -> int:
    """End all sessions of the actor's account including the present one, and return how many were ended.

    An audit entry is added.
    """
    ended = end_all(actor.id)
    record(actor, AccountAction.SIGN_OUT_EVERYWHERE, target=("account", actor.id), ended=ended)
    return ended


def sign_out_elsewhere(actor: Actor) -> int:
    """End all sessions of the actor's account except the present one, and return how many were ended.

    An audit entry is added.
    """
    ended = end(SignIn.account_id == actor.id, SignIn.id != actor.session_id)
    record(actor, AccountAction.SIGN_OUT_ELSEWHERE, target=("account", actor.id), ended=ended)
    return ended


def end_one(actor: Actor, account_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """End one session of an account and add an audit entry; a session that has already ended stays as it is.

    Raise ``Forbidden`` unless it is the actor's own account or the actor may sign other people out, and ``NotFound`` if
    the account has no such session.
    """
    check_may_end_sign_in(actor, account_id)
    if not queries.has_sign_in(account_id, session_id):
        raise NotFound("sign_in_not_found", _("That device is no longer signed in."))
    if end(SignIn.id == session_id):
        record(actor, AccountAction.END_SIGN_IN, target=("account", account_id), session=str(session_id))


def sign_out_account(actor: Actor, account_id: uuid.UUID) -> int:
    """End all sessions of somebody's account as the office, add an audit entry, and return how many were ended.

    Raise ``Forbidden`` for an actor who may not sign other people out, and ``NotFound`` for an unknown account.
    """
    check_may_secure(actor)
    account = queries.lock(account_id)
    ended = end_all(account.id)
    record(actor, AccountAction.END_SIGN_INS, target=("account", account.id), ended=ended)
    return ended


def end_all(account_id: uuid.UUID) -> int:
    """End all sessions of an account and return how many were ended; each is refused from its next request on."""
    return end(SignIn.account_id == account_id)


def end(*conditions: object) -> int:
    """End the sessions that meet all these SQL conditions, and return how many had not ended before."""
    ended = update(SignIn).where(*conditions, SignIn.ended_at.is_(None)).values(ended_at=now())  # type: ignore[arg-type]  # SQL conditions
    return len(db.session.execute(ended.returning(SignIn.id)).all())
