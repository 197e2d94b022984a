"""Who takes part in follows."""

from __future__ import annotations

from portal.accounts.models import Role
from portal.core.actor import Actor


def may_follow_others(actor: Actor) -> bool:
    """People of the alumni office stand in no list, so they follow nobody either."""
    return actor.is_authenticated and actor.role != Role.STAFF
