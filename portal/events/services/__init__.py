"""The use cases of events, one function each, for pages, API, jobs and commands alike."""

from portal.events.services.attendance import JoinResult, join, leave, remove
from portal.events.services.event_input import CoverChange, EventInput, input_of
from portal.events.services.lifecycle import cancel, create, delete, edit
from portal.events.services.review import approve, decline, unapprove

__all__ = [
    "CoverChange",
    "EventInput",
    "JoinResult",
    "approve",
    "cancel",
    "create",
    "decline",
    "delete",
    "edit",
    "input_of",
    "join",
    "leave",
    "remove",
    "unapprove",
]
