"""Transports, one for each message channel that can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.outbox.models import MessageChannel
from portal.outbox.transports import mail, telegram
from portal.outbox.transports.base import Transport

TRANSPORTS: Mapping[str, Callable[[], Transport[Any]]] = {
    MessageChannel.MAIL: mail.transport,
    MessageChannel.TELEGRAM: telegram.transport,
}
