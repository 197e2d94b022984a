"""The rules on who may do what with an event; ``queries.visible_to`` decides who may see it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Protocol

from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.events.models import Event
from portal.permissions.catalogue import Permission


def is_office(actor: Actor) -> bool:
    """Return whether the actor may see every event and approve or decline it."""
    return actor.may(Permission.EVENTS_MODERATE)


class HasOrganiser(Protocol):
    """An event, or a row or record of one, with the account id of its organiser."""

    @property
    def owner_id(self) -> uuid.UUID:
        """The account id of the organiser."""


def is_owner(actor: Actor, event: HasOrganiser) -> bool:
    """Return whether the actor is the organiser of the event."""
    return actor.account_id == event.owner_id


def may_edit(actor: Actor, event: HasOrganiser) -> bool:
    """Return whether the actor may change, cancel and delete the event, and remove participants.

    The organiser and the office may.
    """
    return is_owner(actor, event) or is_office(actor)


def may_join(event: Event, at: datetime) -> bool:
    """Return whether people can join the event at the instant ``at``: it is approved, not cancelled and not over."""
    return event.approval == Approval.APPROVED and event.cancelled_at is None and not event.is_over(at)
