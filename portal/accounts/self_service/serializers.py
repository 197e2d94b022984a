"""The account and its sessions as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts import queries
from portal.accounts.authentication import second_factor
from portal.accounts.models import SignIn
from portal.accounts.self_service import email_change
from portal.accounts.self_service.schemas import AccountOut, SessionOut
from portal.core.actor import Actor


def as_account(actor: Actor) -> AccountOut:
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
        awaited_email=email_change.awaited(actor),
    )


def as_sessions(sign_ins: Iterable[SignIn], actor: Actor) -> list[SessionOut]:
    return [
        SessionOut(
            id=found.id,
            door="page" if found.channel == "page" else "api",
            method=found.method,
            device=found.device,
            network=found.network,
            created_at=found.created_at,
            last_used_at=found.last_used_at,
            is_current=found.id == actor.session_id,
        )
        for found in sign_ins
    ]
