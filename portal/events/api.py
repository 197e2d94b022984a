"""The JSON endpoints of events, in the legacy contract of the mobile app and the old admin front end."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message, PageQuery, envelope
from portal.api.shapes.event import EventItem, ParticipantRow
from portal.core.access import MEMBER, current_actor
from portal.core.errors import Conflict, Forbidden
from portal.events import legacy_adapter, legacy_serializers, queries, services
from portal.events.legacy_serializers import CoveredEvent
from portal.events.models import Attendance
from portal.events.queries import COVER_VARIANT
from portal.events.schemas import (
    AttendanceQuery,
    EventChange,
    EventCover,
    EventCreated,
    EventIn,
    EventOut,
    EventQuery,
)
from portal.files.responses import picture_answer
from portal.files.services import to_base64

blueprint = Blueprint("events_api", __name__)


@blueprint.get("/events/")
@endpoint(MEMBER, query=EventQuery, answers={200: Envelope[EventItem]})
def list_events(query: EventQuery) -> Any:
    """List the approved, not cancelled events of all times, the furthest in the future first.

    ``search`` selects those whose title or place contains it.
    """
    return legacy_serializers.page_json(current_actor(), search=query.search, cursor=query.cursor, limit=query.limit)


@blueprint.post("/events/")
@endpoint(MEMBER, body=EventIn, answers={200: EventCreated}, picture="cover")
def create_event(body: EventIn) -> EventCreated:
    """Create an event with the caller as its organiser and first participant, and return its id.

    It waits for review by the office unless review is switched off. 422 for values that are not allowed, such as an
    unknown city or a start in the past.
    """
    with legacy_adapter.legacy_field_names():
        actor = current_actor()
        event = services.create(actor, legacy_adapter.input_of_new(body, queries.home_city(actor)))
    return EventCreated(id=str(event.id))


@blueprint.get("/events/owner")
@endpoint(MEMBER, answers={200: list[EventOut]})
def list_own() -> list[dict[str, Any]]:
    """List up to 50 approved and declined events of the caller, the furthest in the future first.

    Cancelled events are left out. Covers are reduced in size.
    """
    return [to_event_with_small_cover(event) for event in legacy_serializers.owned_by(current_actor())]


@blueprint.get("/events/owner/pending")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[EventOut]})
def list_own_pending(query: PageQuery) -> dict[str, Any]:
    """List the caller's own events that wait for review by the office, the furthest in the future first."""
    page = legacy_serializers.pending_of(current_actor(), cursor=query.cursor, limit=query.limit)
    return envelope(page.map(to_event_with_small_cover))


@blueprint.get("/events/participant/<uuid:account_id>")
@endpoint(MEMBER, answers={200: list[EventOut]})
def list_attended(account_id: uuid.UUID) -> list[dict[str, Any]]:
    """List up to 50 approved events that a person goes to or went to, the furthest in the future first.

    Only events whose attendance the person shares with the caller are listed, and no cancelled ones. Covers are reduced
    in size.
    """
    return [to_event_with_small_cover(event) for event in legacy_serializers.attended_by(current_actor(), account_id)]


@blueprint.get("/events/<uuid:event_id>")
@endpoint(MEMBER, answers={200: EventOut})
def show_event(event_id: uuid.UUID) -> dict[str, Any]:
    """Return one event; 404 if there is none or the caller may not see it.

    Only its organiser and the office see an event that waits for review or is declined.
    """
    return to_event(legacy_serializers.find(current_actor(), event_id))


@blueprint.put("/events/<uuid:event_id>")
@endpoint(MEMBER, body=EventChange, answers={200: EventOut}, picture="cover")
def change_event(event_id: uuid.UUID, body: EventChange) -> dict[str, Any]:
    """Change an event as its organiser or as the office, and return it.

    Values sent back as they were received change nothing. A change of text, cover or place can put the event
    back into review. 403 for anybody else, 409 for a cancelled event, 422 for values that are not allowed.
    """
    with legacy_adapter.legacy_field_names():
        services.edit(current_actor(), event_id, lambda before: legacy_adapter.apply_change(before, body))
    return to_event(legacy_serializers.find(current_actor(), event_id))


@blueprint.delete("/events/<uuid:event_id>")
@endpoint(MEMBER, answers={200: Message})
def delete_event(event_id: uuid.UUID) -> Message:
    """Delete an event for good, as its organiser or as the office; 403 for anybody else.

    Participants of an event that was still to take place are notified. 404 for an event that the caller may not see.
    """
    services.delete(current_actor(), event_id)
    return Message(message=_("Event deleted."))


@blueprint.get("/events/<uuid:event_id>/cover")
@endpoint(MEMBER, answers={200: EventCover, 304: None})
def show_cover(event_id: uuid.UUID) -> Response:
    """Return the cover of an event in base64, or null if it has none.

    The response has an `ETag`; 304 if the client names it in `If-None-Match`. 404 for an event that the caller may not
    see.
    """
    return picture_answer("cover", legacy_serializers.find(current_actor(), event_id).cover)


@blueprint.post("/events/<uuid:event_id>/participants")
@endpoint(MEMBER, query=AttendanceQuery, answers={200: Message})
def join_event(event_id: uuid.UUID, query: AttendanceQuery) -> Message:
    """Add the caller to the participants of an event, or to the end of its waiting list if it is full.

    409 if the caller has already joined, or if the event is over, cancelled or not approved. 403 if ``participant_id``
    is somebody else.
    """
    actor = current_actor()
    if query.participant_id not in {None, actor.id}:
        raise Forbidden("not_yourself", _("You can only add yourself as a participant."))
    joined = services.join(actor, event_id)
    is_waiting = joined.state is Attendance.WAITING
    if not joined.is_new:
        raise Conflict("already_joined", _("You are already on the list for this event."))
    return Message(message=_("You are on the waiting list.") if is_waiting else _("You are going."))


@blueprint.post("/events/<uuid:event_id>/participants/remove")
@endpoint(MEMBER, query=AttendanceQuery, answers={200: Message})
def leave_event(event_id: uuid.UUID, query: AttendanceQuery) -> Message:
    """Remove the caller, or the person ``participant_id``, from an event or its waiting list.

    403 if it is somebody else and the caller is neither the organiser nor the office; 409 if the person has not joined.
    """
    actor = current_actor()
    if not services.remove(actor, event_id, query.participant_id or actor.id):
        raise Conflict("not_joined", _("You are not a participant in this event."))
    return Message(message=_("You are not going."))


@blueprint.get("/events/<uuid:event_id>/participants")
@endpoint(MEMBER, answers={200: list[ParticipantRow]})
def list_participants(event_id: uuid.UUID) -> list[ParticipantRow]:
    """List the people who go to an event and whom the caller may see, the organiser first; without the waiting list."""
    return legacy_serializers.participants(current_actor(), event_id)


def to_event(found: CoveredEvent, cover_variant: str | None = None) -> dict[str, Any]:
    """Return the event as a JSON object with its cover in base64, in a variant or as it is stored, or null."""
    return {**asdict(found.event), "cover": to_base64(found.cover, cover_variant) if found.cover else None}


def to_event_with_small_cover(found: CoveredEvent) -> dict[str, Any]:
    """Return the event as a JSON object with its cover in base64, reduced to ``COVER_VARIANT``, or null.

    In an array of fifty events, covers in their stored size could be hundreds of megabytes.
    """
    return to_event(found, COVER_VARIANT)
