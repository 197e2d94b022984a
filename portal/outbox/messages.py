"""The message kind of the outbox itself."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel

TEST_MESSAGE = MessageKind(
    "outbox.test_message", _("Test message"), channels=(MessageChannel.MAIL.value, MessageChannel.TELEGRAM.value)
)
