"""What the office calls the messages that the portal sends."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.models import Channel, State

STATES = {
    State.WAITING: _("Waiting"),
    State.SENT: _("Sent"),
    State.GIVEN_UP: _("Given up"),
    State.UNCERTAIN: _("Perhaps sent"),
    State.WITHDRAWN: _("Withdrawn"),
}

CHANNELS = {
    Channel.MAIL: _("Mail"),
    Channel.TELEGRAM: _("Telegram"),
    Channel.SMS: _("Text message"),
}

KINDS = {
    "accounts.verify_address": _("Confirm your address"),
    "accounts.already_registered": _("You have an account already"),
    "accounts.waiting": _("Your registration waits"),
    "accounts.to_verify": _("Somebody waits for verification"),
    "accounts.verified": _("You are in"),
    "accounts.unverified": _("Your verification was taken back"),
    "accounts.banned": _("Your account is banned"),
    "accounts.unbanned": _("Your account is open again"),
    "events.to_review": _("An event waits for approval"),
    "events.approved": _("Your event is open"),
    "events.declined": _("Your event is declined"),
    "events.returned": _("Your event is looked at again"),
    "events.changed": _("News about an event"),
    "events.cancelled": _("An event is cancelled"),
    "events.place_free": _("A place for you at an event"),
    "events.removed": _("You are not on an event's list any more"),
    "outbox.test_message": _("Test message"),
}


def kind_label(kind: str) -> str:
    """What a kind of message says, in a few words; its technical name where nobody wrote any."""
    return str(KINDS.get(kind, kind))
