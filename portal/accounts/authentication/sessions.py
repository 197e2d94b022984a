"""Ending sessions: one, all others, or all of an account."""

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
    """End the session of this request; a second time changes nothing."""
    if actor.session_id is None:
        return
    if end(SignIn.id == actor.session_id):
        record(actor, AccountAction.SIGN_OUT, target=("account", actor.account_id))


def sign_out_everywhere(actor: Actor) -> int:
    """End every session of the actor's account including this one, and return how many there were."""
    ended = end_all(actor.id)
    record(actor, AccountAction.SIGN_OUT_EVERYWHERE, target=("account", actor.id), ended=ended)
    return ended


def sign_out_elsewhere(actor: Actor) -> int:
    """End every session of the actor's account except this one, and return how many there were."""
    ended = end(SignIn.account_id == actor.id, SignIn.id != actor.session_id)
    record(actor, AccountAction.SIGN_OUT_ELSEWHERE, target=("account", actor.id), ended=ended)
    return ended


def end_one(actor: Actor, account_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """End one session of an account: one's own, or as the office anybody's. A second time changes nothing.

    Raises ``Forbidden``, and ``NotFound`` for a session of another account.
    """
    check_may_end_sign_in(actor, account_id)
    if not queries.has_sign_in(account_id, session_id):
        raise NotFound("sign_in_not_found", _("That device is no longer signed in."))
    if end(SignIn.id == session_id):
        record(actor, AccountAction.END_SIGN_IN, target=("account", account_id), session=str(session_id))


def sign_out_account(actor: Actor, account_id: uuid.UUID) -> int:
    """End every session of somebody's account as the office, and return how many there were.

    Raises ``Forbidden`` and ``NotFound``.
    """
    check_may_secure(actor)
    account = queries.lock(account_id)
    ended = end_all(account.id)
    record(actor, AccountAction.END_SIGN_INS, target=("account", account.id), ended=ended)
    return ended


def end_all(account_id: uuid.UUID) -> int:
    """End every session of an account and return how many there were; the next request of each is refused."""
    return end(SignIn.account_id == account_id)


def end(*conditions: object) -> int:
    """End the open sessions that meet the conditions, and return how many there were."""
    ended = update(SignIn).where(*conditions, SignIn.ended_at.is_(None)).values(ended_at=now())  # type: ignore[arg-type]  # SQL conditions
    return len(db.session.execute(ended.returning(SignIn.id)).all())
