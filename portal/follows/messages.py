"""What people are told about follows: inside the portal only, because it can wait until they come by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind

NEW_FOLLOWER = MessageKind("follows.new_follower", _("A new follower"), channels=(), sample={"name": "Alina Demo"})
