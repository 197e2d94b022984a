"""Adding audit entries, and labels of their actions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from portal.audit.models import AuditEntry
from portal.core.access import WAITING_FOR_OFFICE
from portal.core.actor import Actor
from portal.core.db.unit_of_work import autocommit_connection
from portal.core.errors import WaitingForOffice
from portal.core.manifest import AuditAction, registry
from portal.extensions import db

Target = tuple[str, object]


def record(actor: Actor, action: AuditAction, *, target: Target | None = None, **details: object) -> None:
    """Add one audit entry to the caller's transaction, with channel, network and request id of the actor.

    ``target`` is the kind and the id of the changed object, such as ``("event", event.id)``. ``details`` are stored as
    JSON and must hold no secret. Raise ``WaitingForOffice`` for an actor who waits for the office and an action that is
    not open ``while_waiting``: as every write is recorded, no service writes more for them.
    """
    if actor.is_waiting and not action.while_waiting:
        raise WaitingForOffice("waiting_for_office", WAITING_FOR_OFFICE)
    db.session.add(AuditEntry(**_values(actor, action, target, details)))


def record_read(actor: Actor, action: AuditAction, *, target: Target | None = None, **details: object) -> None:
    """Commit one audit entry about a read at once; it is kept even if the request fails afterwards.

    ``target`` is the kind and the id of the object that was read, such as ``("event", event.id)``. ``details`` are
    stored as JSON and must hold no secret.
    """
    with autocommit_connection() as connection:
        connection.execute(insert(AuditEntry).values(**_values(actor, action, target, details)))


def _values(actor: Actor, action: AuditAction, target: Target | None, details: dict[str, object]) -> dict[str, Any]:
    target_type, target_id = target or (None, None)
    return {
        "action": action.value,
        "actor_id": actor.account_id,
        "channel": actor.channel.value,
        "network": actor.network,
        "request_id": actor.request_id,
        "target_type": target_type,
        "target_id": None if target_id is None else str(target_id),
        "details": details,
    }


def label_of(action: str) -> str:
    """Return the label of an audit action in the language of the request, or its name if no feature declares it."""
    declared = registry().audit_actions.get(action)
    return action if declared is None else str(declared.label)


def status_changes() -> frozenset[str]:
    """Return the names of the declared audit actions that change the status of an account."""
    return frozenset(name for name, action in registry().audit_actions.items() if action.changes_status)
