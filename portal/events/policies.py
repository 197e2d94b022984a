"""Who may do what with an event; who can see it at all is decided by ``queries.visible_to``."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.events.models import Event
from portal.permissions.catalogue import Permission


def is_office(actor: Actor) -> bool:
    """Return whether the actor may see every event and decide on it."""
    return actor.may(Permission.EVENTS_MODERATE)


def is_owner(actor: Actor, event: Event) -> bool:
    """Return whether the actor organises the event."""
    return actor.account_id == event.owner_id


def may_edit(actor: Actor, event: Event) -> bool:
    """Return whether the actor may change, cancel and delete the event, and remove participants."""
    return is_owner(actor, event) or is_office(actor)


def may_join(event: Event, at: datetime) -> bool:
    """Return whether people can join the event at that time: it is approved, not cancelled and not over."""
    return event.approval == Approval.APPROVED and event.cancelled_at is None and not event.is_over(at)


def may_know_participant(actor: Actor, event: Event, person: uuid.UUID, *, shares_attendance: bool) -> bool:
    """Return whether the actor may get the real id of a participant.

    Everybody may get their own, organiser and office all of them, others those of participants who share with them
    that they go (``shares_attendance``).
    """
    return shares_attendance or person == actor.account_id or may_edit(actor, event)
