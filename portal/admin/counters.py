"""How much waits on each page of the office, for the numbers in its menu."""

from __future__ import annotations

from portal.admin.outbox.queries import undelivered_count
from portal.admin.reviews.queries import people_to_decide_count
from portal.core.actor import Actor
from portal.events.queries import to_review_count


def waiting_people(actor: Actor) -> int:
    """Return how many people wait for a decision of the office, whoever the actor is."""
    return people_to_decide_count()


def waiting_events(actor: Actor) -> int:
    """Return how many events wait for review, among those that the actor may see."""
    return to_review_count(actor)


def undelivered_messages(actor: Actor) -> int:
    """Return how many messages were given up or are uncertain, whoever the actor is."""
    return undelivered_count()
