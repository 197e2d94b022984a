"""A real mail server and a Bot API of the suite's own, and applications that send through them."""

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
from portal.extensions import db
from portal.outbox import dispatcher, kinds, messages
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel, OutboxMessage
from portal.outbox.services import enqueue
from tests.support.bot_api import TOKEN, BotApi

PLAIN = messages.TEST_MESSAGE
SECRET = MessageKind("outbox.test_message", PLAIN.label, channels=PLAIN.channels, secret=True)


class PostOffice:
    """A mail server that remembers what it took; ``answer`` and ``on_data`` let a test be difficult."""

    def __init__(self, user: str = "", password: str = "", port: int = 0) -> None:
        self.taken: queue.Queue[EmailMessage] = queue.Queue()
        self.forget()
        self.credentials = (user.encode(), password.encode())
        lock: dict[str, Any] = {"authenticator": self.authenticate, "auth_required": True, "auth_require_tls": False}
        self.controller = Controller(self, hostname="127.0.0.1", port=port or free_port(), **(lock if user else {}))

    def forget(self) -> None:
        """Begin anew: what was taken is gone, and nothing is difficult."""
        self.mails()
        self.answer: dict[str, str] = {}
        self.on_data: Callable[[], None] = lambda: None

    @contextmanager
    def open(self) -> Iterator[PostOffice]:
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

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answer.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.put(email.message_from_bytes(envelope.content, policy=default))
        self.on_data()
        return self.answer.get("DATA", "250 taken")

    def mails(self) -> list[EmailMessage]:
        """What was taken since the last call."""
        found = []
        while not self.taken.empty():
            found.append(self.taken.get())
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def _post_office() -> Iterator[PostOffice]:
    with PostOffice().open() as office:
        yield office


@pytest.fixture(scope="session")
def _sending(_committed_app: PortalFlask, _post_office: PostOffice) -> Iterator[PortalFlask]:
    yield from app_with(_committed_app, mail_server="127.0.0.1", mail_port=_post_office.port, mail_use_tls=False)


@pytest.fixture
def post_office(_post_office: PostOffice) -> Iterator[PostOffice]:
    yield _post_office
    _post_office.forget()


@pytest.fixture
def sending(committed: PortalFlask, post_office: PostOffice, _sending: PortalFlask) -> PortalFlask:
    """The application as configured to send through ``post_office``."""
    return _sending


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    with BotApi().open() as api:
        yield api


@pytest.fixture
def chatting(committed: PortalFlask, bot_api: BotApi) -> Iterator[PortalFlask]:
    """The application as configured to send through ``bot_api``."""
    yield from app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=bot_api.url)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> MessageKind:
    """The test message as if it carried a code."""
    monkeypatch.setitem(kinds._kinds, SECRET.name, SECRET)
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
