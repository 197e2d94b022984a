"""The JSON endpoints of the settings that concern events."""

from __future__ import annotations

from portal.admin.blueprints import admin_api
from portal.admin.settings.schemas import EventSettings, EventSettingsIn
from portal.api.endpoint import endpoint
from portal.core.access import current_actor, holds
from portal.events.settings import AUTO_APPROVE
from portal.permissions.catalogue import Permission
from portal.settings import registry, services


@admin_api.get("/admin/settings/events")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: EventSettings})
def event_settings() -> EventSettings:
    """Return whether new events are published without review."""
    return EventSettings(auto_approve=registry.get(AUTO_APPROVE))


@admin_api.post("/admin/settings/events/toggle-auto-approve")
@endpoint(holds(Permission.SETTINGS_CHANGE), body=EventSettingsIn, answers={200: EventSettings})
def toggle_auto_approve(body: EventSettingsIn) -> EventSettings:
    """Switch the publishing of new events without review on or off, and return the new value.

    With `auto_approve` it gets that value and the call can be repeated; without it, each call turns it over.
    """
    return EventSettings(auto_approve=services.toggle(current_actor(), AUTO_APPROVE, body.auto_approve))
