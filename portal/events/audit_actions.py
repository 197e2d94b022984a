"""The audit actions on events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class EventAction(AuditAction):
    """The actions on events that the audit trail records."""

    CREATE = "events.create", _("Event created")
    EDIT = "events.edit", _("Event changed")
    CANCEL = "events.cancel", _("Event cancelled")
    DELETE = "events.delete", _("Event deleted")
    JOIN = "events.join", _("Joined an event")
    LEAVE = "events.leave", _("Left an event")
    APPROVE = "events.approve", _("Event approved")
    DECLINE = "events.decline", _("Event declined")
    UNAPPROVE = "events.unapprove", _("Event returned for review")
    UNDO = "events.undo_decision", _("Decision about an event undone")
