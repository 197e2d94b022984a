"""The use cases of events, one function each, for pages, API, jobs and commands alike."""

from portal.events.services.attendance import JoinResult, LeaveResult, join, leave, remove
from portal.events.services.claims import claim
from portal.events.services.event_input import CoverChange, EventInput, input_of
from portal.events.services.lifecycle import cancel, create, delete, edit
from portal.events.services.review import approve, decline, unapprove
from portal.events.services.review_undo import Reviewed, approve_undoably, decline_undoably, undo_decision

__all__ = [
    "CoverChange",
    "EventInput",
    "JoinResult",
    "LeaveResult",
    "Reviewed",
    "approve",
    "approve_undoably",
    "cancel",
    "claim",
    "create",
    "decline",
    "decline_undoably",
    "delete",
    "edit",
    "input_of",
    "join",
    "leave",
    "remove",
    "unapprove",
    "undo_decision",
]
