"""A real SMTP server and a Bot API of the suite's own, and applications that send through them."""

from __future__ import annotations

import email
import queue
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from sqlalchemy import select

from portal import create_app
from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.core.extension_points import EXTENSION
from portal.extensions import db
from portal.outbox import dispatcher, messages
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel, OutboxMessage
from portal.outbox.services import enqueue
from tests.support.bot_api import TOKEN, BotApi

PLAIN = messages.TEST_MESSAGE
SECRET = MessageKind("outbox.test_message", PLAIN.label, channels=PLAIN.channels, secret=True)


class SmtpServer:
    """An SMTP server that keeps the mails it receives; ``replies`` and ``on_data`` let a test make it fail."""

    def __init__(self, user: str = "", password: str = "", port: int = 0) -> None:
        self.received: queue.Queue[EmailMessage] = queue.Queue()
        self.reset()
        self.credentials = (user.encode(), password.encode())
        lock: dict[str, Any] = {"authenticator": self.authenticate, "auth_required": True, "auth_require_tls": False}
        self.controller = Controller(self, hostname="127.0.0.1", port=port or free_port(), **(lock if user else {}))

    def reset(self) -> None:
        """Forget the mails, and accept everything again."""
        self.mails()
        self.replies: dict[str, str] = {}
        self.on_data: Callable[[], None] = lambda: None

    @contextmanager
    def open(self) -> Iterator[SmtpServer]:
        self.controller.start()
        try:
            yield self
        finally:
            self.controller.stop()

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == self.credentials, handled=False)

    @property
    def port(self) -> int:
        return self.controller.port

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, recipient: str, options: Any) -> str:
        reply = self.replies.get(recipient, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(recipient)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.put(email.message_from_bytes(envelope.content, policy=default))
        self.on_data()
        return self.replies.get("DATA", "250 accepted")

    def mails(self) -> list[EmailMessage]:
        """Return the mails that were received since the last call."""
        mails = []
        while not self.received.empty():
            mails.append(self.received.get())
        return mails


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def _smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer().open() as server:
        yield server


@pytest.fixture(scope="session")
def _mail_app(_committed_app: PortalFlask, _smtp_server: SmtpServer) -> Iterator[PortalFlask]:
    yield from app_with(_committed_app, mail_server="127.0.0.1", mail_port=_smtp_server.port, mail_use_tls=False)


@pytest.fixture
def smtp_server(_smtp_server: SmtpServer) -> Iterator[SmtpServer]:
    yield _smtp_server
    _smtp_server.reset()


@pytest.fixture
def mail_app(committed: PortalFlask, smtp_server: SmtpServer, _mail_app: PortalFlask) -> PortalFlask:
    """Return the application as configured to send through ``smtp_server``."""
    return _mail_app


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    with BotApi().open() as api:
        yield api


@pytest.fixture
def telegram_app(committed: PortalFlask, bot_api: BotApi) -> Iterator[PortalFlask]:
    """Return the application as configured to send through ``bot_api``."""
    yield from app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=bot_api.url)


@pytest.fixture
def secret(mail_app: PortalFlask, telegram_app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> MessageKind:
    """Declare the test message as one that carries a code."""
    for app in (mail_app, telegram_app):
        monkeypatch.setitem(app.extensions[EXTENSION].message_kinds, SECRET.name, SECRET)
    return SECRET


def app_with(app: PortalFlask, **settings: object) -> Iterator[PortalFlask]:
    other = create_app(app.config["PORTAL"].model_copy(update=settings))
    yield other
    with other.app_context():
        db.engine.dispose()


def put(app: PortalFlask, key: str, kind: MessageKind = PLAIN, **values: Any) -> None:
    with app.app_context(), unit_of_work():
        enqueue(kind, **{"recipient": "alina@demo.example", "key": key, "payload": {}, **values})


def send(app: PortalFlask, channel: MessageChannel = MessageChannel.MAIL) -> int:
    with app.app_context():
        return dispatcher.send_due(channel)


def rows(app: PortalFlask) -> list[OutboxMessage]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.key)))
