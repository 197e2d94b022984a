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
from portal.core.private_folders import make_private
from portal.outbox.claims import ClaimedMessage
from portal.outbox.rendering import ChatMessage, compose_telegram
from portal.outbox.transports.base import Deferred, OutcomeUnknown, Refused, Transport, Unreachable

TIMEOUT = 8.0
PERMANENT_ERRORS = {400, 403, 413}
WRONG_TOKEN = {401, 404}
TOO_MANY_REQUESTS = 429

_connection = threading.local()


def chats_dir(settings: Settings) -> Path:
    """Return the folder of the instance where Telegram messages are stored as files if there is no bot."""
    return settings.instance_dir / "chats"


def uses_chats(settings: Settings) -> bool:
    """Return whether messages go to ``chats_dir`` as files: if there is no token of a bot, but never in production."""
    return not settings.telegram_token.get_secret_value() and not settings.is_production


def transport() -> TelegramTransport:
    """Return a new transport for Telegram: a ``ChatFolder`` if ``uses_chats`` says so, else a ``BotApiTransport``."""
    environment = settings()
    return ChatFolder(chats_dir(environment)) if uses_chats(environment) else BotApiTransport(environment)


def bot_api(settings: Settings) -> Any:
    """Return ``telebot.apihelper``, the library's module of requests, with our URL, timeouts and connection.

    It is imported here: it takes 20 MB that a process without Telegram messages does not need.
    """
    api: Any = import_module("telebot.apihelper")
    # The debug lines of the layers below the library hold URLs.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    api.API_URL = api_url(settings) + "/bot{0}/{1}"
    api.CONNECT_TIMEOUT = api.READ_TIMEOUT = TIMEOUT
    api.CUSTOM_REQUEST_SENDER = request
    return api


def request(method: str, url: str, **options: Any) -> Any:
    """Return the response to a request of the library, sent over the connection of this thread's transport."""
    return _connection.session.request(method, url, **options)


def api_url(settings: Settings) -> str:
    """Return the configured base URL of the Bot API, without a trailing slash."""
    return settings.telegram_api_url.rstrip("/")


class TelegramTransport(Transport[ChatMessage]):
    """The base of the transports for Telegram; what they send is a ``ChatMessage``."""

    def compose(self, message: ClaimedMessage) -> ChatMessage:
        """Return the message as plain text with the id of its chat.

        Raise ``LookupError`` for a message kind that is not declared.
        """
        return compose_telegram(message)


class ChatFolder(TelegramTransport):
    """A transport that stores each Telegram message as a JSON file in a folder, for development and tests.

    Files are named by the id of the outbox row: a message that is sent twice is there once, and names sort by time.
    """

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: ChatMessage) -> None:
        """Write the message to ``<id of its row>.json``, in one step and in place of an earlier file of that name.

        The JSON has the keys ``chat``, ``text`` and ``sent_at``.
        """
        make_private(self.folder)
        content = {"chat": composed.chat, "text": composed.text, "sent_at": now().isoformat()}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False) as unfinished:
            json.dump(content, unfinished)
        Path(unfinished.name).replace(self.folder / f"{composed.id}.json")

    def close(self) -> None:
        """Do nothing, because a folder holds no connection."""


class BotApiTransport(TelegramTransport):
    """A transport that sends messages over one connection to the Bot API; open, send and close it in one thread.

    It is opened by asking who the bot is (``getMe``): a server that is away or stalls is found before a message is sent
    to it.
    """

    repeatable = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.token = settings.telegram_token
        self.session: Any = None
        self.api: Any = None

    def send(self, composed: ChatMessage) -> None:
        """Send a message to its chat by the Bot API, connecting first where necessary.

        Raise ``Refused``, ``Deferred``, ``Unreachable`` or ``OutcomeUnknown`` if the server did not confirm it.
        """
        api = self.api = self.api or self.open()
        try:
            api.send_message(
                self.token.get_secret_value(), composed.chat, composed.text, link_preview_options=without_preview()
            )
        except Exception as error:
            raise classify_error(error, self.settings, sent=True) from None

    def open(self) -> Any:
        """Connect to the Bot API, ask who the bot is, and return the library's module of requests.

        Raise ``Unreachable`` without a token, for a wrong one, and where the server does not answer; other error
        responses raise what ``classify_response`` returns for them.
        """
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
        """Close the connection, if there is one, because the server would close it before the next run."""
        if self.session is not None:
            self.session.close()


def without_preview() -> Any:
    """Return the library's option that forbids link previews.

    For a preview, Telegram would open the links of a message, and some of them work only once.
    """
    from telebot.types import LinkPreviewOptions

    return LinkPreviewOptions(is_disabled=True)


def classify_error(error: Exception, settings: Settings, *, sent: bool) -> Exception:
    """Return the transport's exception for an error of the Telegram library; its text never holds a URL with the token.

    Error responses are left to ``classify_response``. Without a response it is ``OutcomeUnknown`` if the request was to
    send a message (``sent``) and may have reached the server, else ``Unreachable``.
    """
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
    """Return the transport's exception for an error response of the Bot API with the HTTP status ``code``.

    It is ``Refused`` for ``PERMANENT_ERRORS``, ``Deferred`` for 429 (for the time that ``parameters`` give) and other
    4xx. It is ``Unreachable`` for a failing server (5xx) and for a token that the server does not know: messages wait
    until the configuration is corrected.
    """
    if code in PERMANENT_ERRORS:
        return Refused(reason)
    if code in WRONG_TOKEN:
        return Unreachable(f"{reason}: TELEGRAM_TOKEN or TELEGRAM_API_URL is wrong")
    if code == TOO_MANY_REQUESTS:
        return Deferred(reason, timedelta(seconds=parameters.get("retry_after", 0)))
    return Unreachable(reason) if code >= 500 else Deferred(reason)


def root_cause(error: Exception) -> BaseException:
    """Return the innermost error that an error of the library wraps, or ``error`` itself if it wraps none."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None) or inner
    return reason if isinstance(reason, Exception) else error


def may_have_arrived(cause: BaseException) -> bool:
    """Return whether a failed request may have reached the server: always, unless no connection was made."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    return not isinstance(cause, ConnectTimeoutError | NewConnectionError | ProxyError)
