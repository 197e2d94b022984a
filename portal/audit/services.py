"""Writing the trail."""

from __future__ import annotations

from portal.audit.models import AuditEntry
from portal.core.actor import Actor
from portal.extensions import db


def record(actor: Actor, action: str, *, target: tuple[str, object] | None = None, **details: object) -> None:
    """Add one entry to the caller's transaction.

    ``target`` is the kind and id of what was changed, e.g. ``("event", event.id)``; ``details`` must be JSON.
    """
    target_type, target_id = target or (None, None)
    db.session.add(
        AuditEntry(
            action=action,
            actor_id=actor.account_id,
            door=actor.door.value,
            network=actor.network,
            request_id=actor.request_id,
            target_type=target_type,
            target_id=None if target_id is None else str(target_id),
            details=details,
        )
    )
