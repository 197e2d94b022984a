"""One event with everything that its page shows."""

from __future__ import annotations

import uuid
from functools import lru_cache

from sqlalchemy import bindparam

from portal.core.actor import Actor
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.events import policies
from portal.events.conditions import participant_count
from portal.events.models import Attendance, Event
from portal.events.queries.cards import LARGE_COVER_VARIANT, card_values, select_cards
from portal.events.queries.participants import first_participants
from portal.events.queries.visibility import no_such_event, not_yours
from portal.events.records import EventDetails
from portal.profiles import queries as profiles
from portal.profiles.visibility import PersonCard


def details(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event with everything that its page shows.

    Raises ``NotFound`` if it does not exist or the actor may not see it.
    """
    found = _details(kind_of(actor)).rows(**caller_values(actor), event=event_id)
    if not found:
        raise no_such_event()
    event = found[0]
    first, visible = first_participants(actor, event_id)
    return EventDetails(
        **card_values(event, LARGE_COVER_VARIANT),
        owner=_organiser(actor, event.owner_id, first),
        description=event.description,
        decision_note=event.decision_note,
        first_participants=first,
        visible_participants=visible,
        waiting=event.waiting,
        may_edit=policies.may_edit(actor, event),
        may_review=policies.is_office(actor),
    )


def _organiser(actor: Actor, owner_id: uuid.UUID, first: list[PersonCard]) -> PersonCard | None:
    """Return the card of the organiser, who usually is among the first participants; ``None`` if not to be seen."""
    cards = {person.id: person for person in first}
    return cards.get(owner_id) or profiles.cards(actor, {owner_id}).get(owner_id)


@lru_cache(SHAPES_MAX)
def _details(actor: Actor) -> RawQuery:
    """Return the query of the event with the parameter ``event``, as callers of the kind ``actor`` see it."""
    waiting = participant_count(Attendance.WAITING).label("waiting")
    statement = select_cards(actor).add_columns(Event.description, Event.decision_note, waiting)
    return RawQuery(statement.where(Event.id == bindparam("event")))


def editable(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event for the page on which its organiser or the office changes it.

    Raises ``NotFound`` if the actor may not see the event, and ``Forbidden`` if the actor may see but not change it.
    """
    event = details(actor, event_id)
    if not event.may_edit:
        raise not_yours()
    return event
