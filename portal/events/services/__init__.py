"""What people do with events; each function is one use case, the same through every door."""

from portal.events.services.attendance import Joined, join, leave, remove
from portal.events.services.drafts import Cover, Draft, draft_of
from portal.events.services.review import approve, decline, unapprove
from portal.events.services.writing import cancel, create, delete, edit

__all__ = [
    "Cover",
    "Draft",
    "Joined",
    "approve",
    "cancel",
    "create",
    "decline",
    "delete",
    "draft_of",
    "edit",
    "join",
    "leave",
    "remove",
    "unapprove",
]
