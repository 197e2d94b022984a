"""Messages about follows: notices inside the portal only, because they are not urgent."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind

NEW_FOLLOWER = MessageKind("follows.new_follower", _("A new follower"), channels=(), sample={"name": "Alina Demo"})
