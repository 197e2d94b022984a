"""How much waits on each page of the office, for the numbers in its menu."""

from __future__ import annotations

from portal.admin import queries
from portal.core.actor import Actor
from portal.events import queries as events


def waiting_people(actor: Actor) -> int:
    """Return how many people wait to be verified."""
    return queries.to_verify_count()


def waiting_events(actor: Actor) -> int:
    """Return how many events wait for review."""
    return events.to_review_count(actor)


def undelivered_messages(actor: Actor) -> int:
    """Return how many messages could not be delivered."""
    return queries.undelivered_count()
