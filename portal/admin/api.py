"""The office's JSON about events, settings and the allow list."""

from __future__ import annotations

import uuid

from flask import Blueprint, request
from flask_babel import gettext as _

from portal.admin import allow_list
from portal.admin.schemas import EventQuery, EventSettings, OfficeEvent, Uploaded
from portal.admin.spreadsheets import uploaded_file
from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message
from portal.core.access import current_actor, holds
from portal.events import legacy_serializers
from portal.events import services as events
from portal.events.records import WireEvent
from portal.events.settings import AUTO_APPROVE
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.settings import services as settings

blueprint = Blueprint("admin_api", __name__)


@blueprint.get("/admin/events")
@endpoint(holds(Permission.EVENTS_MODERATE), query=EventQuery, answers={200: Envelope[OfficeEvent]})
def list_events(query: EventQuery) -> Envelope[OfficeEvent]:
    """Events in every state, the furthest in the future first."""
    found = legacy_serializers.for_office(current_actor(), search=query.search, cursor=query.cursor, limit=query.limit)
    return Envelope[OfficeEvent].of(found.map(as_event))


@blueprint.post("/admin/events/approve/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def approve(event_id: uuid.UUID) -> Message:
    """Open an event to all members."""
    events.approve(current_actor(), event_id)
    return Message(message=_("The event is approved."))


@blueprint.post("/admin/events/decline/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def decline(event_id: uuid.UUID) -> Message:
    """Close an event to everybody but its organiser."""
    events.decline(current_actor(), event_id)
    return Message(message=_("The event is declined."))


@blueprint.post("/admin/events/unapprove/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def unapprove(event_id: uuid.UUID) -> Message:
    """Put an event back into the queue."""
    events.unapprove(current_actor(), event_id)
    return Message(message=_("The event is waiting for a decision again."))


@blueprint.get("/admin/settings/events")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: EventSettings})
def event_settings() -> EventSettings:
    """Whether new events are open at once."""
    return EventSettings(auto_approve=registry.get(AUTO_APPROVE))


@blueprint.post("/admin/settings/events/toggle-auto-approve")
@endpoint(holds(Permission.SETTINGS_CHANGE), answers={200: EventSettings})
def toggle_auto_approve() -> EventSettings:
    """Turn the switch over, and say how it stands now."""
    return EventSettings(auto_approve=settings.toggle(current_actor(), AUTO_APPROVE))


@blueprint.post("/admin/upload-allowed-emails")
@endpoint(holds(Permission.ALLOW_LIST_IMPORT), answers={200: Uploaded}, upload=True)
def upload_allowed_emails() -> Uploaded:
    """Put the addresses of an .xlsx or .csv file (part ``file``) on the allow list."""
    imported = allow_list.import_file(current_actor(), *uploaded_file(request.files.get("file")))
    return Uploaded(success=True, message=imported.sentence)


def as_event(event: WireEvent) -> OfficeEvent:
    return OfficeEvent(**event.emitted())
