"""Serializers of the account and its sessions."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts import queries
from portal.accounts.authentication import second_factor
from portal.accounts.models import SignIn
from portal.accounts.self_service import email_change
from portal.accounts.self_service.schemas import AccountOut, SessionOut
from portal.core.actor import Actor


def own_account(actor: Actor) -> AccountOut:
    """Return the JSON shape of the actor's account: its settings, its second factor, and an unconfirmed new email."""
    account, state = queries.get(actor.id), second_factor.state_of(actor)
    return AccountOut(
        id=account.id,
        email=account.email,
        role=account.role,
        locale=account.locale,
        theme=account.theme or None,
        time_zone=account.time_zone,
        has_password=account.password_hash is not None,
        second_factor=state.factor.value,
        has_telegram=state.has_chat,
        recovery_codes_left=state.recovery_codes_left,
        awaited_email=email_change.pending_email(actor),
    )


def session_list(sessions: Iterable[SignIn], actor: Actor) -> list[SessionOut]:
    """Return the JSON shapes of sessions in the given order; the session of the actor is marked as current."""
    return [SessionOut.of(session, is_current=session.id == actor.session_id) for session in sessions]
