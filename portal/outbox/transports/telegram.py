"""Transports for Telegram: the Bot API, or a folder whose messages ``/dev/telegram`` shows.

The token is part of every URL of the Bot API, and the library's errors quote URLs. So no text of the library's errors
leaves this module: only what the server answered, or the class of the error.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import Settings
from portal.core.clock import now
from portal.core.environment import settings
from portal.outbox.claims import ClaimedMessage
from portal.outbox.rendering import ChatMessage, compose_telegram
from portal.outbox.transports.base import Deferred, OutcomeUnknown, Refused, Transport, Unreachable

TIMEOUT = 8.0
PERMANENT_ERRORS = {400, 403, 413}
WRONG_TOKEN = {401, 404}
TOO_MANY_REQUESTS = 429

_connection = threading.local()


def chats_dir(settings: Settings) -> Path:
    """Return the folder that holds Telegram messages where there is no bot."""
    return settings.instance_dir / "chats"


def uses_chats(settings: Settings) -> bool:
    """Return whether messages go to the folder: without a token in development and tests, never in production."""
    return not settings.telegram_token.get_secret_value() and not settings.is_production


def transport() -> TelegramTransport:
    """Return the transport that the configuration selects."""
    environment = settings()
    return ChatFolder(chats_dir(environment)) if uses_chats(environment) else BotApiTransport(environment)


def bot_api(settings: Settings) -> Any:
    """Return the library's module of requests, configured for this installation.

    Imported here: it takes 20 MB that a process without Telegram messages does not need.
    """
    api: Any = import_module("telebot.apihelper")
    # The debug lines of the layers below the library hold URLs.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    api.API_URL = api_url(settings) + "/bot{0}/{1}"
    api.CONNECT_TIMEOUT = api.READ_TIMEOUT = TIMEOUT
    api.CUSTOM_REQUEST_SENDER = request
    return api


def request(method: str, url: str, **options: Any) -> Any:
    """Send a request of the library over the connection that this thread's transport has opened."""
    return _connection.session.request(method, url, **options)


def api_url(settings: Settings) -> str:
    """Return the base URL of the Bot API, without a trailing slash."""
    return settings.telegram_api_url.rstrip("/")


class TelegramTransport(Transport[ChatMessage]):
    """The part that both transports share."""

    def compose(self, message: ClaimedMessage) -> ChatMessage:
        """Return the message as plain text."""
        return compose_telegram(message)


class ChatFolder(TelegramTransport):
    """A folder of files named by the row's id, so that names sort by time."""

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: ChatMessage) -> None:
        """Write the message to its file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"chat": composed.chat, "text": composed.text, "sent_at": now().isoformat()}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False) as unfinished:
            json.dump(content, unfinished)
        Path(unfinished.name).replace(self.folder / f"{composed.id}.json")

    def close(self) -> None:
        """Do nothing: a folder holds nothing open."""


class BotApiTransport(TelegramTransport):
    """One connection to the Bot API for a run of messages; open, send and close it in one thread.

    It is opened by asking who the bot is: a server that is away or stalls is found before a message is sent to it.
    """

    repeatable = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.token = settings.telegram_token
        self.session: Any = None
        self.api: Any = None

    def send(self, composed: ChatMessage) -> None:
        """Send the message; raise ``Refused``, ``Deferred``, ``Unreachable`` or ``OutcomeUnknown``."""
        api = self.api = self.api or self.open()
        try:
            api.send_message(
                self.token.get_secret_value(), composed.chat, composed.text, link_preview_options=without_preview()
            )
        except Exception as error:
            raise classify_error(error, self.settings, sent=True) from None

    def open(self) -> Any:
        """Connect and return the library's module of requests; raise ``Unreachable`` or what else the server says."""
        if not self.token.get_secret_value():
            raise Unreachable("TELEGRAM_TOKEN is not set")
        api = bot_api(self.settings)
        self.session = _connection.session = import_module("requests").Session()
        try:
            api.get_me(self.token.get_secret_value())
        except Exception as error:
            raise classify_error(error, self.settings, sent=False) from None
        return api

    def close(self) -> None:
        """Close the connection: the server would have closed it before the next run."""
        if self.session is not None:
            self.session.close()


def without_preview() -> Any:
    """Return the option that forbids previews: Telegram would open the links for them, and some work only once."""
    from telebot.types import LinkPreviewOptions

    return LinkPreviewOptions(is_disabled=True)


def classify_error(error: Exception, settings: Settings, *, sent: bool) -> Exception:
    """Return the transport's exception for an error of the library; ``sent`` says whether it had sent the message."""
    from telebot import apihelper

    if isinstance(error, apihelper.ApiTelegramException):
        parameters = error.result_json.get("parameters") or {}
        return classify_response(error.error_code, f"{error.error_code} {error.description}", parameters)
    if isinstance(error, apihelper.ApiHTTPException):
        return classify_response(error.result.status_code, f"HTTP {error.result.status_code}", {})
    cause = root_cause(error)
    reason = f"{urlsplit(api_url(settings)).hostname}: {type(cause).__name__}"
    return OutcomeUnknown(reason) if sent and may_have_arrived(cause) else Unreachable(reason)


def classify_response(code: int, reason: str, parameters: dict[str, Any]) -> Exception:
    """Return the transport's exception for an error response of the Bot API.

    A token that the server does not know is a mistake of our configuration that can be corrected, so messages wait.
    """
    if code in PERMANENT_ERRORS:
        return Refused(reason)
    if code in WRONG_TOKEN:
        return Unreachable(f"{reason}: TELEGRAM_TOKEN or TELEGRAM_API_URL is wrong")
    if code == TOO_MANY_REQUESTS:
        return Deferred(reason, timedelta(seconds=parameters.get("retry_after", 0)))
    return Unreachable(reason) if code >= 500 else Deferred(reason)


def root_cause(error: Exception) -> BaseException:
    """Return the innermost error that the library and the layers below have wrapped."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None) or inner
    return reason if isinstance(reason, Exception) else error


def may_have_arrived(cause: BaseException) -> bool:
    """Return whether the request may have reached the server: always, unless no connection was made."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    return not isinstance(cause, ConnectTimeoutError | NewConnectionError | ProxyError)
