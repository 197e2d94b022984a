"""A process hears of a message when it is stored, not at its next tick."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox import listener
from portal.outbox.models import MessageChannel
from tests.outbox.conftest import PostOffice, app_with, put, rows
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
    monkeypatch.setattr(listener, "GLANCE", 0.1)
    monkeypatch.setattr(listener, "PAUSE", 0.1)


@pytest.fixture
def listening(sending: PortalFlask) -> Iterator[threading.Thread]:
    with listening_on(sending) as thread:
        yield thread


def test_a_stored_message_is_sent_at_once(
    sending: PortalFlask, post_office: PostOffice, listening: threading.Thread
) -> None:
    put(sending, "one")
    assert post_office.taken.get(timeout=10)["To"] == "alina@demo.example"


def test_what_was_stored_while_nobody_listened_is_sent_first(
    sending: PortalFlask, post_office: PostOffice, request: pytest.FixtureRequest
) -> None:
    put(sending, "one")
    request.getfixturevalue("listening")
    assert post_office.taken.get(timeout=10)["To"] == "alina@demo.example"


def test_a_lost_connection_is_made_anew(
    sending: PortalFlask, post_office: PostOffice, listening: threading.Thread
) -> None:
    [pid] = pids(sending)
    with sending.app_context():
        db.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_for(lambda: pids(sending) not in ([], [pid]))
    put(sending, "one")
    assert post_office.taken.get(timeout=10)["To"] == "alina@demo.example"


def test_a_process_listens_on_one_connection_outside_the_pool(
    sending: PortalFlask, listening: threading.Thread
) -> None:
    with sending.app_context():
        pool = db.engine.pool
    wait_for(lambda: pool.checkedout() == 0)
    assert len(pids(sending)) == 1


def test_a_mail_server_that_stalls_holds_no_telegram_message_back(committed: PortalFlask, bot_api: BotApi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(10)
        ways = {"mail_server": "127.0.0.1", "mail_port": silent.getsockname()[1], "mail_use_tls": False}
        ways |= {"telegram_token": SecretStr(TOKEN), "telegram_api_url": bot_api.url}
        for app in app_with(committed, **ways):
            with listening_on(app):
                put(app, "1")
                stalled, _ = silent.accept()
                put(app, "2", recipient="42", channel=MessageChannel.TELEGRAM)
                assert bot_api.taken.get(timeout=10).chat == "42"
                assert rows(app)[0].lease is not None, "the mail is still in hand"
                stalled.close()


def test_a_bot_api_that_stalls_holds_no_mail_back(
    committed: PortalFlask, post_office: PostOffice, bot_api: BotApi
) -> None:
    bot_api.stall("getMe")
    ways = {"mail_server": "127.0.0.1", "mail_port": post_office.port, "mail_use_tls": False}
    for app in app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=bot_api.url, **ways):
        with listening_on(app):
            put(app, "1", recipient="42", channel=MessageChannel.TELEGRAM)
            assert bot_api.calls.get(timeout=10).method == "getMe"
            put(app, "2")
            assert post_office.taken.get(timeout=10)["To"] == "alina@demo.example"
            assert rows(app)[0].lease is not None, "the message is still in hand"
            bot_api.release()
