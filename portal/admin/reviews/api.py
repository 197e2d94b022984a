"""The JSON endpoints with which the alumni office reviews events."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _

from portal.admin.blueprints import admin_api
from portal.admin.reviews.schemas import OfficeEvent, OfficeEventQuery
from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message, envelope
from portal.core.access import current_actor, holds
from portal.events import legacy_serializers
from portal.events import services as events
from portal.permissions.catalogue import Permission


@admin_api.get("/admin/events")
@endpoint(holds(Permission.EVENTS_MODERATE), query=OfficeEventQuery, answers={200: Envelope[OfficeEvent]})
def list_events(query: OfficeEventQuery) -> dict[str, Any]:
    """List events in every state, the furthest in the future first; `search` matches part of a title or a place."""
    page = legacy_serializers.page_for_office(
        current_actor(), search=query.search, cursor=query.cursor, limit=query.limit
    )
    return envelope(page)


@admin_api.post("/admin/events/approve/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def approve(event_id: uuid.UUID) -> Message:
    """Publish an event to all members, and notify its organiser.

    Status 404 for an unknown event, 400 if it is approved already. If the event is upcoming, its participants are
    notified too.
    """
    events.approve(current_actor(), event_id)
    return Message(message=_("The event is approved."))


@admin_api.post("/admin/events/decline/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def decline(event_id: uuid.UUID) -> Message:
    """Decline an event, so that only its organiser and the office can still see it.

    Status 404 for an unknown event, 400 if it is declined already. The organiser is notified and, if the event was
    approved and is upcoming, so are its participants.
    """
    events.decline(current_actor(), event_id)
    return Message(message=_("The event is declined."))


@admin_api.post("/admin/events/unapprove/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def unapprove(event_id: uuid.UUID) -> Message:
    """Return an event to those that wait for review, and notify its organiser.

    Status 404 for an unknown event, 400 if it waits already.
    """
    events.unapprove(current_actor(), event_id)
    return Message(message=_("The event is waiting for a decision again."))
