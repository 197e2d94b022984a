"""What people are told about follows: inside the portal only, because it can wait until they come by."""

from __future__ import annotations

from portal.outbox.kinds import MessageKind, declare

NEW_FOLLOWER = declare(MessageKind("follows.new_follower", channels=(), sample={"name": "Alina Demo"}))
