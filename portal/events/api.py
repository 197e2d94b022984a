"""The event endpoints, in the legacy contract of the mobile app and the old admin front end."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response
from flask_babel import gettext as _

from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message, PageQuery
from portal.api.shapes.event import EventItem, ParticipantRow
from portal.core.access import MEMBER, current_actor
from portal.core.errors import Conflict, Forbidden
from portal.events import legacy_adapter, legacy_serializers, services
from portal.events.models import Attendance
from portal.events.queries import COVER_VARIANT
from portal.events.records import LegacyEvent
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
def list_events(query: EventQuery) -> Envelope[EventItem]:
    """List approved events of all times, the furthest in the future first."""
    page = legacy_serializers.page(current_actor(), search=query.search, cursor=query.cursor, limit=query.limit)
    return Envelope[EventItem].of(page.map(to_item))


@blueprint.post("/events/")
@endpoint(MEMBER, body=EventIn, answers={200: EventCreated}, picture="cover")
def create_event(body: EventIn) -> EventCreated:
    """Create an event; the caller is its first participant. It waits for the office unless review is off."""
    with legacy_adapter.legacy_field_names():
        event = services.create(current_actor(), legacy_adapter.input_of_new(body))
    return EventCreated(id=str(event.id))


@blueprint.get("/events/owner")
@endpoint(MEMBER, answers={200: list[EventOut]})
def list_own() -> list[EventOut]:
    """List the caller's approved and declined events, at most 50."""
    return [to_event_with_small_cover(event) for event in legacy_serializers.owned_by(current_actor())]


@blueprint.get("/events/owner/pending")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[EventOut]})
def list_own_pending(query: PageQuery) -> Envelope[EventOut]:
    """List the caller's events that wait for the office."""
    page = legacy_serializers.pending_of(current_actor(), cursor=query.cursor, limit=query.limit)
    return Envelope[EventOut].of(page.map(to_event_with_small_cover))


@blueprint.get("/events/participant/<uuid:account_id>")
@endpoint(MEMBER, answers={200: list[EventOut]})
def list_attended(account_id: uuid.UUID) -> list[EventOut]:
    """List approved events that the person goes to or went to, at most 50."""
    return [to_event_with_small_cover(event) for event in legacy_serializers.attended_by(current_actor(), account_id)]


@blueprint.get("/events/<uuid:event_id>")
@endpoint(MEMBER, answers={200: EventOut})
def show_event(event_id: uuid.UUID) -> EventOut:
    """Return one event; only its organiser and the office see one that waits or is declined."""
    return to_event(legacy_serializers.find(current_actor(), event_id))


@blueprint.put("/events/<uuid:event_id>")
@endpoint(MEMBER, body=EventChange, answers={200: EventOut}, picture="cover")
def change_event(event_id: uuid.UUID, body: EventChange) -> EventOut:
    """Change an event; values sent back as they were received change nothing."""
    with legacy_adapter.legacy_field_names():
        services.edit(current_actor(), event_id, lambda before: legacy_adapter.apply_change(before, body))
    return to_event(legacy_serializers.find(current_actor(), event_id))


@blueprint.delete("/events/<uuid:event_id>")
@endpoint(MEMBER, answers={200: Message})
def delete_event(event_id: uuid.UUID) -> Message:
    """Delete an event for good."""
    services.delete(current_actor(), event_id)
    return Message(message=_("Event deleted."))


@blueprint.get("/events/<uuid:event_id>/cover")
@endpoint(MEMBER, answers={200: EventCover, 304: None})
def show_cover(event_id: uuid.UUID) -> Response:
    """Return the event's cover in base64, or null; with an `ETag`."""
    return picture_answer("cover", legacy_serializers.cover_of(current_actor(), event_id))


@blueprint.post("/events/<uuid:event_id>/participants")
@endpoint(MEMBER, query=AttendanceQuery, answers={200: Message})
def join_event(event_id: uuid.UUID, query: AttendanceQuery) -> Message:
    """Join the event, or the end of its waiting list when it is full."""
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
    """Leave the event, or remove a participant as its organiser or as the office."""
    actor = current_actor()
    if not services.remove(actor, event_id, query.participant_id or actor.id):
        raise Conflict("not_joined", _("You are not a participant in this event."))
    return Message(message=_("You are not going."))


@blueprint.get("/events/<uuid:event_id>/participants")
@endpoint(MEMBER, answers={200: list[ParticipantRow]})
def list_participants(event_id: uuid.UUID) -> list[ParticipantRow]:
    """List everybody who goes and whom the caller may see."""
    return legacy_serializers.participants(current_actor(), event_id)


def to_item(event: LegacyEvent) -> EventItem:
    """Return an event of a list."""
    return EventItem(**event.to_json())


def to_event(event: LegacyEvent) -> EventOut:
    """Return an event with its cover as it was uploaded."""
    return EventOut(**event.to_json(), cover=to_base64(event.cover) if event.cover else None)


def to_event_with_small_cover(event: LegacyEvent) -> EventOut:
    """Return an event of an array; fifty covers as they were uploaded could be hundreds of megabytes."""
    return EventOut(**event.to_json(), cover=to_base64(event.cover, COVER_VARIANT) if event.cover else None)
