"""One event with everything that its page shows."""

from __future__ import annotations

import uuid

from portal.core.actor import Actor
from portal.events import policies
from portal.events.conditions import participant_count
from portal.events.models import Attendance, Event
from portal.events.queries.cards import LARGE_COVER_VARIANT, card_values, select_cards
from portal.events.queries.participants import first_participants
from portal.events.queries.visibility import no_such_event, not_yours
from portal.events.records import EventDetails
from portal.extensions import db
from portal.profiles import queries as profiles


def details(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event with everything that its page shows.

    Raises ``NotFound`` if it does not exist or the actor may not see it.
    """
    statement = (
        select_cards(actor)
        .where(Event.id == event_id)
        .add_columns(participant_count(Attendance.WAITING).label("waiting"))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise no_such_event()
    event: Event = row.Event
    first, visible = first_participants(actor, event_id)
    return EventDetails(
        **card_values(row, LARGE_COVER_VARIANT),
        owner=profiles.cards(actor, {event.owner_id}).get(event.owner_id),
        description=event.description,
        decision_note=event.decision_note,
        first_participants=first,
        visible_participants=visible,
        waiting=row.waiting,
        may_edit=policies.may_edit(actor, event),
        may_review=policies.is_office(actor),
    )


def editable(actor: Actor, event_id: uuid.UUID) -> EventDetails:
    """Return one event for the page on which its organiser or the office changes it.

    Raises ``NotFound`` if the actor may not see the event, and ``Forbidden`` if the actor may see but not change it.
    """
    event = details(actor, event_id)
    if not event.may_edit:
        raise not_yours()
    return event
