"""The rule on who may follow people."""

from __future__ import annotations

from portal.accounts.models import Role
from portal.core.actor import Actor
from portal.profiles.viewers import Viewer


def may_follow_others(who: Actor | Viewer) -> bool:
    """Return whether somebody may follow other people.

    Visitors may not, and neither may staff of the alumni office, who are in no list of followers.
    """
    return who.account_id is not None and who.role != Role.STAFF
