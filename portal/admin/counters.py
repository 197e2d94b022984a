"""How much waits on each page of the office, for the numbers in its menu."""

from __future__ import annotations

from portal.admin.outbox.queries import undelivered_count
from portal.admin.reviews.queries import people_to_verify_count
from portal.core.actor import Actor
from portal.events.queries import to_review_count


def waiting_people(actor: Actor) -> int:
    """Return how many people wait to be verified."""
    return people_to_verify_count()


def waiting_events(actor: Actor) -> int:
    """Return how many events wait for review."""
    return to_review_count(actor)


def undelivered_messages(actor: Actor) -> int:
    """Return how many messages could not be delivered."""
    return undelivered_count()
