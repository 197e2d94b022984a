"""The kinds of message of the sample feature."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind

GREETING = MessageKind("sample.greeting", _("Home"), channels=())
