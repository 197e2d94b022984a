"""The folder that Telegram messages are written to where there is no bot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.core.environment import settings
from portal.outbox.transports.telegram import chats_dir

LISTED = 50
SEARCHED = 1000


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A Telegram message that was written to the folder instead of being sent."""

    chat: str
    text: str
    sent_at: datetime


def newest(chat: str) -> dict[str, list[StoredMessage]]:
    """Return the newest stored Telegram messages by chat id, newest first: those to ``chat``, or all if it is empty.

    At most ``LISTED`` messages are returned, from the ``SEARCHED`` newest files.
    """
    chat, listed = chat.strip(), 0
    chats: dict[str, list[StoredMessage]] = {}
    files = sorted(chats_dir(settings()).glob("*.json"), reverse=True)
    for path in files[:SEARCHED]:
        message = read(path)
        if not chat or message.chat == chat:
            chats.setdefault(message.chat, []).append(message)
            listed += 1
        if listed == LISTED:
            break
    return chats


def read(path: Path) -> StoredMessage:
    """Return the Telegram message in a JSON file of the folder."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return StoredMessage(content["chat"], content["text"], datetime.fromisoformat(content["sent_at"]))
