"""The one message the outbox sends for itself."""

from __future__ import annotations

from portal.outbox.kinds import MessageKind, declare
from portal.outbox.models import MessageChannel

TEST_MESSAGE = declare(
    MessageKind("outbox.test_message", channels=(MessageChannel.MAIL.value, MessageChannel.TELEGRAM.value))
)
