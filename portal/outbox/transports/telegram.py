"""The way out for Telegram: the Bot API, or a folder that ``/dev/telegram`` shows.

The token is part of every address of the Bot API, and the library's errors quote addresses. So nothing that an error
of the library says leaves this module: only what the other side answered, or the name of what went wrong.
"""

from __future__ import annotations

import json
import logging
import tempfile
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import Settings
from portal.core.clock import now
from portal.core.environment import settings
from portal.outbox.claims import Claimed
from portal.outbox.rendering import ChatMessage, compose_telegram
from portal.outbox.transports.base import Deferred, Refused, Transport, Unknown, Unreachable

TIMEOUT = 8.0
REFUSED = {400, 403, 413}
STRANGER = {401, 404}
TOO_MANY = 429


def chats_dir(settings: Settings) -> Path:
    return settings.instance_dir / "chats"


def uses_chats(settings: Settings) -> bool:
    """Without a token, development and tests keep their messages in a folder; production never does."""
    return not settings.telegram_token.get_secret_value() and not settings.is_production


def transport() -> TelegramTransport:
    """The way out that this installation has."""
    environment = settings()
    return Chats(chats_dir(environment)) if uses_chats(environment) else BotApi(environment)


def bot_api(settings: Settings) -> Any:
    """The library's module of requests, set up for this installation.

    Imported here: it brings 20 MB that a process without Telegram messages need not carry.
    """
    api: Any = import_module("telebot.apihelper")
    # Debug lines from below it hold addresses.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    api.API_URL = api_url(settings) + "/bot{0}/{1}"
    api.CONNECT_TIMEOUT = api.READ_TIMEOUT = TIMEOUT
    return api


def api_url(settings: Settings) -> str:
    return settings.telegram_api_url.rstrip("/")


class TelegramTransport(Transport[ChatMessage]):
    """What both have in common."""

    def compose(self, message: Claimed) -> ChatMessage:
        return compose_telegram(message)


class Chats(TelegramTransport):
    """Files named by the row's id: names sort by time."""

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: ChatMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"chat": composed.chat, "text": composed.text, "sent_at": now().isoformat()}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False) as unfinished:
            json.dump(content, unfinished)
        Path(unfinished.name).replace(self.folder / f"{composed.id}.json")

    def close(self) -> None:
        """A folder holds nothing open."""


class BotApi(TelegramTransport):
    """One connection for a run of messages.

    It is opened by asking who the bot is: a server that is away or stalls is found before a message is in its hands.
    """

    repeatable = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.token = settings.telegram_token
        self.api: Any = None

    def send(self, composed: ChatMessage) -> None:
        api = self.api = self.api or self.open()
        try:
            api.send_message(
                self.token.get_secret_value(), composed.chat, composed.text, link_preview_options=no_preview()
            )
        except Exception as error:
            raise verdict(error, self.settings, handed_over=True) from None

    def open(self) -> Any:
        if not self.token.get_secret_value():
            raise Unreachable("TELEGRAM_TOKEN is not set")
        api = bot_api(self.settings)
        try:
            api.get_me(self.token.get_secret_value())
        except Exception as error:
            raise verdict(error, self.settings, handed_over=False) from None
        return api

    def close(self) -> None:
        """The library keeps a connection for each thread; the next run would find it gone stale."""
        if self.api is not None:
            self.api._get_req_session().close()


def no_preview() -> Any:
    """Telegram would open the links to draw their previews, and some are good for one visit."""
    from telebot.types import LinkPreviewOptions

    return LinkPreviewOptions(is_disabled=True)


def verdict(error: Exception, settings: Settings, *, handed_over: bool) -> Exception:
    """What an error of the library means for the message; ``handed_over`` says whether it was in the request."""
    from telebot import apihelper

    if isinstance(error, apihelper.ApiTelegramException):
        parameters = error.result_json.get("parameters") or {}
        return answered(error.error_code, f"{error.error_code} {error.description}", parameters)
    if isinstance(error, apihelper.ApiHTTPException):
        return answered(error.result.status_code, f"HTTP {error.result.status_code}", {})
    cause = cause_of(error)
    reason = f"{urlsplit(api_url(settings)).hostname}: {type(cause).__name__}"
    return Unknown(reason) if handed_over and may_have_arrived(cause) else Unreachable(reason)


def answered(code: int, reason: str, parameters: dict[str, Any]) -> Exception:
    """A token that is not known is our mistake and can be mended; so the message waits."""
    if code in REFUSED:
        return Refused(reason)
    if code in STRANGER:
        return Unreachable(f"{reason}: TELEGRAM_TOKEN or TELEGRAM_API_URL is wrong")
    if code == TOO_MANY:
        return Deferred(reason, timedelta(seconds=parameters.get("retry_after", 0)))
    return Unreachable(reason) if code >= 500 else Deferred(reason)


def cause_of(error: Exception) -> BaseException:
    """The trouble itself, out of the errors that the library and the ones below it wrap around it."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None) or inner
    return reason if isinstance(reason, Exception) else error


def may_have_arrived(cause: BaseException) -> bool:
    """Everything but a connection that was never made."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    return not isinstance(cause, ConnectTimeoutError | NewConnectionError | ProxyError)
