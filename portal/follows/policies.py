"""Who takes part in follows."""

from __future__ import annotations

from portal.accounts.models import Role
from portal.core.actor import Actor
from portal.profiles.viewers import Viewer


def may_follow_others(who: Actor | Viewer) -> bool:
    """People of the alumni office stand in no list, so they follow nobody either."""
    return who.account_id is not None and who.role != Role.STAFF
