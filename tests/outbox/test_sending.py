"""Mails are sent through a real server: once, in the recipient's language, and again only when they have to be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from portal.outbox import claims, dispatcher, kinds
from portal.outbox.models import MessageChannel, State
from portal.outbox.rendering import compose_mail
from portal.outbox.services import enqueue
from portal.outbox.transports import mail
from tests.conftest import Clock
from tests.outbox.conftest import PLAIN, SmtpServer, app_with, free_port, put, rows, send

pytestmark = pytest.mark.slow


def test_a_mail_has_both_parts_and_its_headers(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    put(mail_app, "one", locale="ru")
    assert send(mail_app) == 1
    [mail] = smtp_server.mails()
    [row] = rows(mail_app)
    assert row.state == State.SENT
    assert mail["To"] == "alina@demo.example"
    assert mail["Message-ID"] == f"<{row.id}@localhost>"
    assert mail["Content-Language"] == "ru"
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}


def test_lines_of_a_mail_are_short(mail_app: PortalFlask) -> None:
    put(mail_app, "one")
    with mail_app.app_context():
        claimed = claims.claim(MessageChannel.MAIL)
        assert claimed is not None
        composed = compose_mail(claimed)
        composed.body = "ж" * 2000
        assert max(map(len, composed.as_bytes().splitlines())) <= 998


def test_sending_again_sends_nothing(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    put(mail_app, "one")
    assert (send(mail_app), send(mail_app)) == (1, 0)
    assert len(smtp_server.mails()) == 1


def test_a_key_is_stored_once(mail_app: PortalFlask) -> None:
    put(mail_app, "one")
    put(mail_app, "one", recipient="bob@demo.example")
    assert [row.recipient for row in rows(mail_app)] == ["alina@demo.example"]


def test_a_rolled_back_message_is_not_stored(mail_app: PortalFlask) -> None:
    with mail_app.app_context():
        enqueue(PLAIN, recipient="alina@demo.example", key="one", payload={})
        db.session.rollback()
    assert rows(mail_app) == []


def test_a_message_for_later_waits(mail_app: PortalFlask, clock: Clock) -> None:
    put(mail_app, "later", due_at=now() + claims.BACK_OFF[0])
    assert send(mail_app) == 0
    clock.move(minutes=1)
    assert send(mail_app) == 1


@pytest.mark.concurrency
def test_parallel_dispatchers_send_each_message_once(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    for number in range(60):
        put(mail_app, f"message-{number:02}")
    start = threading.Barrier(6)

    def dispatch() -> int:
        start.wait()
        return send(mail_app)

    with ThreadPoolExecutor(6) as pool:
        sent = [future.result() for future in [pool.submit(dispatch) for _ in range(6)]]
    received = Counter(mail["Message-ID"] for mail in smtp_server.mails())
    assert sum(sent) == len(received) == 60
    assert set(received.values()) == {1}


def test_no_database_connection_is_held_while_sending(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    with mail_app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    held: list[int] = []
    smtp_server.on_data = lambda: held.append(pool.checkedout())
    put(mail_app, "one")
    send(mail_app)
    assert held == [0]


def test_a_secret_is_wiped_once_it_is_sent(mail_app: PortalFlask, secret: kinds.MessageKind) -> None:
    put(mail_app, "one", kind=secret, payload={"link": "/verify?token=abc"})
    send(mail_app)
    assert rows(mail_app)[0].payload == {}


def test_other_payloads_are_kept(mail_app: PortalFlask) -> None:
    put(mail_app, "one", payload={"title": "Picnic"})
    send(mail_app)
    assert rows(mail_app)[0].payload == {"title": "Picnic"}


@pytest.mark.parametrize(
    ("command", "reply", "state"),
    [
        ("alina@demo.example", "550 no such person", State.GIVEN_UP),
        ("alina@demo.example", "451 not now", State.WAITING),
        ("DATA", "554 not this", State.GIVEN_UP),
        ("DATA", "452 no room", State.WAITING),
    ],
)
def test_a_refusal_is_final_only_if_the_server_says_so(
    mail_app: PortalFlask, smtp_server: SmtpServer, command: str, reply: str, state: State
) -> None:
    smtp_server.replies[command] = reply
    put(mail_app, "one")
    assert send(mail_app) == 0
    [row] = rows(mail_app)
    assert row.state == state
    assert reply[4:] in (row.last_error or "")
    assert row.lease is None


def test_one_refused_recipient_does_not_stop_the_next(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    smtp_server.replies["boris@demo.example"] = "550 no such person"
    put(mail_app, "1", recipient="boris@demo.example")
    put(mail_app, "2")
    assert send(mail_app) == 1
    assert [row.state for row in rows(mail_app)] == [State.GIVEN_UP, State.SENT]


def test_a_kind_that_cannot_be_rendered_does_not_stop_the_next(mail_app: PortalFlask) -> None:
    put(mail_app, "1", kind=kinds.MessageKind("outbox.unheard_of", PLAIN.label))
    put(mail_app, "2")
    assert send(mail_app) == 1
    assert [row.state for row in rows(mail_app)] == [State.WAITING, State.SENT]


def test_a_server_that_is_down_costs_one_attempt_and_loses_nothing(committed: PortalFlask, clock: Clock) -> None:
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=free_port(), mail_use_tls=False):
        put(app, "1")
        put(app, "2")
        assert send(app) == 0
        assert [(row.state, row.attempts) for row in rows(app)] == [(State.WAITING, 1), (State.WAITING, 0)]


def test_a_stalled_server_times_out(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
            put(app, "one")
            assert send(app) == 0
            assert "timed out" in (rows(app)[0].last_error or "")


def test_a_message_is_given_up_after_the_last_attempt(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    put(mail_app, "one")
    for _ in range(claims.MAX_ATTEMPTS):
        assert rows(mail_app)[0].state == State.WAITING
        send(mail_app)
        clock.move(hours=13)
    [row] = rows(mail_app)
    assert (row.state, row.attempts) == (State.GIVEN_UP, claims.MAX_ATTEMPTS)
    assert len(smtp_server.mails()) == claims.MAX_ATTEMPTS


def test_a_message_that_kills_every_process_is_given_up(mail_app: PortalFlask, clock: Clock) -> None:
    put(mail_app, "one")
    for _ in range(claims.MAX_ATTEMPTS):
        with mail_app.app_context():
            assert claims.claim(MessageChannel.MAIL) is not None
        clock.move(minutes=3)
    assert send(mail_app) == 0
    assert rows(mail_app)[0].state == State.GIVEN_UP


def test_only_the_holder_of_the_lease_records(mail_app: PortalFlask, clock: Clock) -> None:
    put(mail_app, "one")
    with mail_app.app_context():
        first = claims.claim(MessageChannel.MAIL)
        clock.move(minutes=3)
        second = claims.claim(MessageChannel.MAIL)
        assert first is not None
        assert second is not None
        claims.record_failure(first, "too late", final=True)
        claims.record_sent(second)
    assert (rows(mail_app)[0].state, rows(mail_app)[0].last_error) == (State.SENT, None)


def test_a_short_outage_of_the_database_does_not_repeat_a_mail(
    mail_app: PortalFlask, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "RECORD_RETRY_SECONDS", (0.0, 0.0))
    put(mail_app, "one")
    record, failures = claims.record_sent, iter([OperationalError("", {}, Exception("gone"))])

    def recorded(message: claims.ClaimedMessage) -> None:
        for failure in failures:
            raise failure
        record(message)

    monkeypatch.setattr(dispatcher, "record_sent", recorded)
    assert send(mail_app) == 1
    assert rows(mail_app)[0].state == State.SENT
    assert len(smtp_server.mails()) == 1


def test_nothing_is_sent_without_tls_where_tls_is_configured(committed: PortalFlask, smtp_server: SmtpServer) -> None:
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=smtp_server.port, mail_use_tls=True):
        put(app, "one")
        assert send(app) == 0
        assert "STARTTLS" in (rows(app)[0].last_error or "")
    assert smtp_server.mails() == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "sent"), [("right", 1), ("wrong", 0)])
def test_the_portal_signs_in_at_the_mail_server(committed: PortalFlask, password: str, sent: int) -> None:
    with SmtpServer(user="portal", password="right").open() as server:
        variables = {"mail_server": "127.0.0.1", "mail_port": server.port, "mail_use_tls": False}
        for app in app_with(committed, mail_username="portal", mail_password=SecretStr(password), **variables):
            put(app, "one")
            assert send(app) == sent
            assert rows(app)[0].state == (State.SENT if sent else State.WAITING)


@pytest.mark.process
def test_a_process_killed_while_sending_repeats_one_mail_under_its_id(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    put(mail_app, "1")
    put(mail_app, "2")
    settings = mail_app.config["PORTAL"]
    environment = {
        **os.environ,
        "ENVIRONMENT": "TEST",
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance_dir),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(smtp_server.port),
        "MAIL_USE_TLS": "false",
    }
    program = "from wsgi import app; from portal.runtime import scheduler as s; s.run(app, 'outbox.send_mails')"
    process = subprocess.Popen([sys.executable, "-c", program], env=environment)
    smtp_server.on_data = process.kill
    assert process.wait() == -signal.SIGKILL
    smtp_server.on_data = lambda: None
    assert send(mail_app) == 1, "the killed process never claimed the second message"
    clock.move(minutes=3)
    assert (send(mail_app), send(mail_app)) == (1, 0)
    ids = Counter(mail["Message-ID"] for mail in smtp_server.mails())
    assert sorted(ids.values()) == [1, 2]
