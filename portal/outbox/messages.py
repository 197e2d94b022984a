"""The one message the outbox sends for itself."""

from __future__ import annotations

from portal.outbox.kinds import MessageKind, declare

TEST_MAIL = declare(MessageKind("outbox.test_mail"))
