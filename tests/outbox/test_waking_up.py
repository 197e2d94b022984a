"""A process sends a message as soon as it is committed, not only when the periodic job runs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox import listener
from portal.outbox.models import MessageChannel
from tests.outbox.conftest import SmtpServer, app_with, put, rows
from tests.support.bot_api import TOKEN, BotApi

pytestmark = pytest.mark.slow

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


def pids(app: PortalFlask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(text(LISTENERS)))


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("waited in vain")


@contextmanager
def listening_on(app: PortalFlask) -> Iterator[threading.Thread]:
    stopping = threading.Event()
    thread = threading.Thread(target=listener.listen, args=(app, stopping, lambda: None), daemon=True)
    thread.start()
    try:
        wait_for(lambda: len(pids(app)) == 1)
        yield thread
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(listener, "RECONNECT_SECONDS", 0.1)


@pytest.fixture
def listening(mail_app: PortalFlask) -> Iterator[threading.Thread]:
    with listening_on(mail_app) as thread:
        yield thread


def test_a_stored_message_is_sent_at_once(
    mail_app: PortalFlask, smtp_server: SmtpServer, listening: threading.Thread
) -> None:
    put(mail_app, "one")
    assert smtp_server.received.get(timeout=10)["To"] == "alina@demo.example"


def test_messages_stored_before_listening_are_sent(
    mail_app: PortalFlask, smtp_server: SmtpServer, request: pytest.FixtureRequest
) -> None:
    put(mail_app, "one")
    request.getfixturevalue("listening")
    assert smtp_server.received.get(timeout=10)["To"] == "alina@demo.example"


def test_a_lost_connection_is_opened_again(
    mail_app: PortalFlask, smtp_server: SmtpServer, listening: threading.Thread
) -> None:
    [pid] = pids(mail_app)
    with mail_app.app_context():
        db.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_for(lambda: pids(mail_app) not in ([], [pid]))
    put(mail_app, "one")
    assert smtp_server.received.get(timeout=10)["To"] == "alina@demo.example"


def test_a_process_keeps_one_connection_outside_the_pool(mail_app: PortalFlask, listening: threading.Thread) -> None:
    with mail_app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    wait_for(lambda: pool.checkedout() == 0)
    assert len(pids(mail_app)) == 1


def test_a_stalled_mail_server_does_not_delay_telegram(committed: PortalFlask, bot_api: BotApi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(10)
        variables = {"mail_server": "127.0.0.1", "mail_port": silent.getsockname()[1], "mail_use_tls": False}
        variables |= {"telegram_token": SecretStr(TOKEN), "telegram_api_url": bot_api.url}
        for app in app_with(committed, **variables):
            with listening_on(app):
                put(app, "1")
                stalled, _ = silent.accept()
                put(app, "2", recipient="42", channel=MessageChannel.TELEGRAM)
                assert bot_api.received.get(timeout=10).chat == "42"
                assert rows(app)[0].lease is not None, "the mail is still in hand"
                stalled.close()


def test_a_stalled_bot_api_does_not_delay_mails(
    committed: PortalFlask, smtp_server: SmtpServer, bot_api: BotApi
) -> None:
    bot_api.stall("getMe")
    variables = {"mail_server": "127.0.0.1", "mail_port": smtp_server.port, "mail_use_tls": False}
    for app in app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=bot_api.url, **variables):
        with listening_on(app):
            put(app, "1", recipient="42", channel=MessageChannel.TELEGRAM)
            assert bot_api.calls.get(timeout=10).method == "getMe"
            put(app, "2")
            assert smtp_server.received.get(timeout=10)["To"] == "alina@demo.example"
            assert rows(app)[0].lease is not None, "the message is still in hand"
            bot_api.release()
