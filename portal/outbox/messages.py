"""The one message the outbox sends for itself."""

from __future__ import annotations

from portal.outbox.kinds import MessageKind, declare
from portal.outbox.models import Channel

TEST_MESSAGE = declare(MessageKind("outbox.test_message", channels=(Channel.MAIL.value, Channel.TELEGRAM.value)))
