"""Messages that are withdrawn, or useful for a limited time only, are sent in time or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import claims
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel, State
from portal.outbox.services import withdraw
from tests.conftest import Clock
from tests.outbox.conftest import SmtpServer, put, rows, send

pytestmark = pytest.mark.slow

TEN_MINUTES = timedelta(minutes=10)


def withdraw_messages(app: PortalFlask, *keys: str) -> int:
    with app.app_context(), unit_of_work():
        return withdraw(keys)


def test_a_withdrawn_message_is_never_sent(mail_app: PortalFlask) -> None:
    put(mail_app, "1", payload={"title": "Picnic"})
    put(mail_app, "2")
    assert withdraw_messages(mail_app, "1", "unheard of") == 1
    assert send(mail_app) == 1
    assert [(row.state, row.payload) for row in rows(mail_app)] == [
        (State.WITHDRAWN, {"title": "Picnic"}),
        (State.SENT, {}),
    ]
    assert withdraw_messages(mail_app, "1", "2") == 0


def test_a_withdrawn_code_is_wiped(mail_app: PortalFlask, secret: MessageKind) -> None:
    put(mail_app, "one", secret, payload={"code": "123456"})
    withdraw_messages(mail_app, "one")
    assert rows(mail_app)[0].payload == {}


def test_a_claimed_message_cannot_be_withdrawn(mail_app: PortalFlask) -> None:
    put(mail_app, "one")
    with mail_app.app_context():
        claims.claim(MessageChannel.MAIL)
    assert withdraw_messages(mail_app, "one") == 0
    assert rows(mail_app)[0].state == State.WAITING


def test_a_rollback_undoes_a_withdrawal(mail_app: PortalFlask) -> None:
    put(mail_app, "one")
    with mail_app.app_context():
        assert withdraw(["one"]) == 1
        db.session.rollback()
    assert send(mail_app) == 1


@pytest.mark.concurrency
def test_a_message_is_withdrawn_or_sent_and_never_both(mail_app: PortalFlask, smtp_server: SmtpServer) -> None:
    keys = [f"message-{number:02}" for number in range(40)]
    for key in keys:
        put(mail_app, key)
    start = threading.Barrier(2)

    def dispatch() -> int:
        start.wait()
        return send(mail_app)

    def withdraw_all() -> int:
        start.wait()
        return sum(withdraw_messages(mail_app, key) for key in reversed(keys))

    with ThreadPoolExecutor(2) as pool:
        sent, withdrawn = (future.result() for future in [pool.submit(dispatch), pool.submit(withdraw_all)])
    assert sent + withdrawn == len(keys)
    assert len(smtp_server.mails()) == sent
    states = [row.state for row in rows(mail_app)]
    assert (states.count(State.SENT), states.count(State.WITHDRAWN)) == (sent, withdrawn)


def test_a_message_that_comes_too_late_is_withdrawn(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock, secret: MessageKind
) -> None:
    put(mail_app, "one", secret, payload={"code": "123456"}, good_until=now() + TEN_MINUTES)
    clock.move(minutes=11)
    assert send(mail_app) == 0
    assert (rows(mail_app)[0].state, rows(mail_app)[0].payload) == (State.WITHDRAWN, {})
    assert smtp_server.mails() == []


def test_a_message_with_a_short_time_limit_is_retried_often(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    good_until = now() + TEN_MINUTES
    put(mail_app, "one", good_until=good_until)
    tries = [now()]
    while send(mail_app) == 0 and rows(mail_app)[0].state == State.WAITING:
        tries.append(rows(mail_app)[0].due_at)
        clock.set(tries[-1])
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert max(pauses) <= timedelta(seconds=30)
    assert min(pauses) >= timedelta(seconds=5)
    assert good_until - tries[-1] < timedelta(seconds=30)
    assert len(smtp_server.mails()) == len(tries)
    assert (rows(mail_app)[0].state, rows(mail_app)[0].last_error is not None) == (State.WITHDRAWN, True)


def test_a_message_with_a_long_time_limit_is_retried_as_usual(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    put(mail_app, "one", good_until=now() + timedelta(days=30))
    for pause in claims.BACK_OFF[:3]:
        send(mail_app)
        assert rows(mail_app)[0].due_at == now() + pause
        clock.set(rows(mail_app)[0].due_at)


def pauses_until_the_end(app: PortalFlask, clock: Clock, good_until: datetime | None) -> list[float]:
    """Return the seconds between the attempts to send a message that the server never takes."""
    put(app, "one", good_until=good_until)
    pauses = []
    while send(app) == 0 and rows(app)[0].state == State.WAITING:
        pauses.append((rows(app)[0].due_at - now()).total_seconds())
        clock.set(rows(app)[0].due_at)
    return pauses


def test_a_message_that_is_never_taken_is_tried_eight_times_in_a_day(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    assert pauses_until_the_end(mail_app, clock, None) == [30, 120, 600, 1800, 7200, 21600, 43200]
    assert (rows(mail_app)[0].state, len(smtp_server.mails())) == (State.GIVEN_UP, 8)


def test_a_message_that_is_soon_useless_is_tried_each_few_seconds(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    assert pauses_until_the_end(mail_app, clock, now() + timedelta(seconds=100)) == [5, 10, 20, 30, 30]
