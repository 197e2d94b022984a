"""Mails leave through a real server: once, in the reader's language, and again only when they have to."""

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

from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from portal.outbox import claims, dispatcher, kinds
from portal.outbox.models import MessageChannel, State
from portal.outbox.services import enqueue
from portal.outbox.transports import mail
from tests.conftest import Clock
from tests.outbox.conftest import PLAIN, PostOffice, app_with, free_port, put, rows, send

pytestmark = pytest.mark.slow


def test_a_mail_leaves_with_both_parts_and_says_where_it_comes_from(
    sending: PortalFlask, post_office: PostOffice
) -> None:
    put(sending, "one", locale="ru")
    assert send(sending) == 1
    [mail] = post_office.mails()
    [row] = rows(sending)
    assert row.state == State.SENT
    assert mail["To"] == "alina@demo.example"
    assert mail["Message-ID"] == f"<{row.id}@localhost>"
    assert mail["Content-Language"] == "ru"
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}


def test_sending_again_sends_nothing(sending: PortalFlask, post_office: PostOffice) -> None:
    put(sending, "one")
    assert (send(sending), send(sending)) == (1, 0)
    assert len(post_office.mails()) == 1


def test_a_key_is_told_once(sending: PortalFlask) -> None:
    put(sending, "one")
    put(sending, "one", recipient="bob@demo.example")
    assert [row.recipient for row in rows(sending)] == ["alina@demo.example"]


def test_nothing_leaves_what_was_rolled_back(sending: PortalFlask) -> None:
    with sending.app_context():
        enqueue(PLAIN, recipient="alina@demo.example", key="one", payload={})
        db.session.rollback()
    assert rows(sending) == []


def test_a_message_for_later_waits(sending: PortalFlask, clock: Clock) -> None:
    put(sending, "later", due_at=now() + claims.BACK_OFF[0])
    assert send(sending) == 0
    clock.move(minutes=1)
    assert send(sending) == 1


@pytest.mark.concurrency
def test_parallel_dispatchers_hand_each_message_over_once(sending: PortalFlask, post_office: PostOffice) -> None:
    for number in range(60):
        put(sending, f"message-{number:02}")
    start = threading.Barrier(6)

    def dispatch() -> int:
        start.wait()
        return send(sending)

    with ThreadPoolExecutor(6) as pool:
        sent = [future.result() for future in [pool.submit(dispatch) for _ in range(6)]]
    taken = Counter(mail["Message-ID"] for mail in post_office.mails())
    assert sum(sent) == len(taken) == 60
    assert set(taken.values()) == {1}


def test_no_connection_to_the_database_is_held_while_the_server_listens(
    sending: PortalFlask, post_office: PostOffice
) -> None:
    with sending.app_context():
        pool = db.engine.pool
    held: list[int] = []
    post_office.on_data = lambda: held.append(pool.checkedout())
    put(sending, "one")
    send(sending)
    assert held == [0]


def test_a_secret_is_wiped_once_it_has_left(sending: PortalFlask, secret: kinds.MessageKind) -> None:
    put(sending, "one", kind=secret, payload={"link": "/verify?token=abc"})
    send(sending)
    assert rows(sending)[0].payload == {}


def test_other_payloads_are_kept(sending: PortalFlask) -> None:
    put(sending, "one", payload={"title": "Picnic"})
    send(sending)
    assert rows(sending)[0].payload == {"title": "Picnic"}


@pytest.mark.parametrize(
    ("who", "answer", "state"),
    [
        ("alina@demo.example", "550 no such person", State.GIVEN_UP),
        ("alina@demo.example", "451 not now", State.WAITING),
        ("DATA", "554 not this", State.GIVEN_UP),
        ("DATA", "452 no room", State.WAITING),
    ],
)
def test_a_refusal_is_final_only_if_the_server_says_so(
    sending: PortalFlask, post_office: PostOffice, who: str, answer: str, state: State
) -> None:
    post_office.answer[who] = answer
    put(sending, "one")
    assert send(sending) == 0
    [row] = rows(sending)
    assert row.state == state
    assert answer[4:] in (row.last_error or "")
    assert row.lease is None


def test_one_refused_recipient_does_not_stop_the_next(sending: PortalFlask, post_office: PostOffice) -> None:
    post_office.answer["boris@demo.example"] = "550 no such person"
    put(sending, "1", recipient="boris@demo.example")
    put(sending, "2")
    assert send(sending) == 1
    assert [row.state for row in rows(sending)] == [State.GIVEN_UP, State.SENT]


def test_a_kind_that_cannot_be_rendered_does_not_stop_the_next(sending: PortalFlask) -> None:
    put(sending, "1", kind=kinds.MessageKind("outbox.unheard_of", PLAIN.label))
    put(sending, "2")
    assert send(sending) == 1
    assert [row.state for row in rows(sending)] == [State.WAITING, State.SENT]


def test_a_server_that_is_down_costs_one_attempt_and_loses_nothing(committed: PortalFlask, clock: Clock) -> None:
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=free_port(), mail_use_tls=False):
        put(app, "1")
        put(app, "2")
        assert send(app) == 0
        assert [(row.state, row.attempts) for row in rows(app)] == [(State.WAITING, 1), (State.WAITING, 0)]


def test_a_stalled_server_is_left_after_the_time_limit(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
            put(app, "one")
            assert send(app) == 0
            assert "timed out" in (rows(app)[0].last_error or "")


def test_what_cannot_be_sent_is_given_up_where_all_can_see(
    sending: PortalFlask, post_office: PostOffice, clock: Clock
) -> None:
    post_office.answer["DATA"] = "451 not now"
    put(sending, "one")
    for _ in range(claims.MAX_ATTEMPTS):
        assert rows(sending)[0].state == State.WAITING
        send(sending)
        clock.move(hours=13)
    [row] = rows(sending)
    assert (row.state, row.attempts) == (State.GIVEN_UP, claims.MAX_ATTEMPTS)
    assert len(post_office.mails()) == claims.MAX_ATTEMPTS


def test_a_message_that_ends_every_process_is_given_up_too(sending: PortalFlask, clock: Clock) -> None:
    put(sending, "one")
    for _ in range(claims.MAX_ATTEMPTS):
        with sending.app_context():
            assert claims.claim(MessageChannel.MAIL) is not None
        clock.move(minutes=3)
    assert send(sending) == 0
    assert rows(sending)[0].state == State.GIVEN_UP


def test_only_the_holder_of_the_lease_records(sending: PortalFlask, clock: Clock) -> None:
    put(sending, "one")
    with sending.app_context():
        first = claims.claim(MessageChannel.MAIL)
        clock.move(minutes=3)
        second = claims.claim(MessageChannel.MAIL)
        assert first is not None
        assert second is not None
        claims.record_failure(first, "too late", final=True)
        claims.record_sent(second)
    assert (rows(sending)[0].state, rows(sending)[0].last_error) == (State.SENT, None)


def test_a_mail_is_not_repeated_because_the_database_was_away_for_a_moment(
    sending: PortalFlask, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "PAUSES", (0.0, 0.0))
    put(sending, "one")
    record, failures = dispatcher.record_sent, iter([OperationalError("", {}, Exception("gone"))])

    def recorded(message: claims.Claimed) -> None:
        for failure in failures:
            raise failure
        record(message)

    monkeypatch.setattr(dispatcher, "record_sent", recorded)
    assert send(sending) == 1
    assert rows(sending)[0].state == State.SENT
    assert len(post_office.mails()) == 1


def test_nothing_is_said_in_the_clear_where_encryption_is_asked_for(
    committed: PortalFlask, post_office: PostOffice
) -> None:
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=post_office.port, mail_use_tls=True):
        put(app, "one")
        assert send(app) == 0
        assert "STARTTLS" in (rows(app)[0].last_error or "")
    assert post_office.mails() == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "sent"), [("right", 1), ("wrong", 0)])
def test_the_portal_signs_in_at_the_mail_server(committed: PortalFlask, password: str, sent: int) -> None:
    with PostOffice(user="portal", password="right").open() as office:
        address = {"mail_server": "127.0.0.1", "mail_port": office.port, "mail_use_tls": False}
        for app in app_with(committed, mail_username="portal", mail_password=SecretStr(password), **address):
            put(app, "one")
            assert send(app) == sent
            assert rows(app)[0].state == (State.SENT if sent else State.WAITING)


@pytest.mark.process
def test_a_process_killed_after_the_hand_over_doubles_one_mail_under_the_same_id(
    sending: PortalFlask, post_office: PostOffice, clock: Clock
) -> None:
    put(sending, "1")
    put(sending, "2")
    settings = sending.config["PORTAL"]
    environment = {
        **os.environ,
        "ENVIRONMENT": "TEST",
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance_dir),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(post_office.port),
        "MAIL_USE_TLS": "false",
    }
    program = "from wsgi import app; from portal.runtime import scheduler as s; s.run(app, 'outbox.send_mails')"
    process = subprocess.Popen([sys.executable, "-c", program], env=environment)
    post_office.on_data = process.kill
    assert process.wait() == -signal.SIGKILL
    post_office.on_data = lambda: None
    assert send(sending) == 1, "the second message was never in the dead process's hands"
    clock.move(minutes=3)
    assert (send(sending), send(sending)) == (1, 0)
    ids = Counter(mail["Message-ID"] for mail in post_office.mails())
    assert sorted(ids.values()) == [1, 2]
