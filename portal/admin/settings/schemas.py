"""The answer of the JSON endpoints of settings."""

from __future__ import annotations

from portal.api.schemas import Schema


class EventSettings(Schema):
    """The settings of events; ``auto_approve`` says whether new events are published without review."""

    auto_approve: bool


class EventSettingsIn(Schema):
    """The value to give to a setting that is on or off; without it, the setting is turned over."""

    auto_approve: bool | None = None
