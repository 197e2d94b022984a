"""Ways out of the house, one for each channel that has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.outbox.models import MessageChannel
from portal.outbox.transports import mail, telegram
from portal.outbox.transports.base import Transport

WAYS_OUT: Mapping[str, Callable[[], Transport[Any]]] = {
    MessageChannel.MAIL: mail.transport,
    MessageChannel.TELEGRAM: telegram.transport,
}
