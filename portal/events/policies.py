"""Who may do what with an event; seeing it at all is decided by ``queries.visible_to``."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.events.models import Event
from portal.permissions.catalogue import Permission


def is_office(actor: Actor) -> bool:
    """The office reads and decides on every event."""
    return actor.may(Permission.EVENTS_MODERATE)


def is_owner(actor: Actor, event: Event) -> bool:
    return actor.account_id == event.owner_id


def may_edit(actor: Actor, event: Event) -> bool:
    """Also cancel, delete and remove a participant."""
    return is_owner(actor, event) or is_office(actor)


def may_join(event: Event, at: datetime) -> bool:
    """Only what takes place and is not over; a waiting event waits for everybody."""
    return event.approval == Approval.APPROVED and event.cancelled_at is None and not event.is_over(at)


def may_know_participant(actor: Actor, event: Event, person: uuid.UUID, *, is_told: bool) -> bool:
    """Whether the real id of a participant may be told; one's own always, all of them to the owner and the office."""
    return is_told or person == actor.account_id or may_edit(actor, event)
