"""Messages that are taken back, or that are good for a while only, leave in time or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
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
from tests.outbox.conftest import PostOffice, put, rows, send

pytestmark = pytest.mark.slow

TEN_MINUTES = timedelta(minutes=10)


def take_back(app: PortalFlask, *keys: str) -> int:
    with app.app_context(), unit_of_work():
        return withdraw(keys)


def test_a_message_that_is_taken_back_never_leaves(sending: PortalFlask) -> None:
    put(sending, "1", payload={"title": "Picnic"})
    put(sending, "2")
    assert take_back(sending, "1", "unheard of") == 1
    assert send(sending) == 1
    assert [(row.state, row.payload) for row in rows(sending)] == [
        (State.WITHDRAWN, {"title": "Picnic"}),
        (State.SENT, {}),
    ]
    assert take_back(sending, "1", "2") == 0


def test_a_code_that_is_taken_back_is_wiped(sending: PortalFlask, secret: MessageKind) -> None:
    put(sending, "one", secret, payload={"code": "123456"})
    take_back(sending, "one")
    assert rows(sending)[0].payload == {}


def test_what_is_in_hands_cannot_be_taken_back(sending: PortalFlask) -> None:
    put(sending, "one")
    with sending.app_context():
        claims.claim(MessageChannel.MAIL)
    assert take_back(sending, "one") == 0
    assert rows(sending)[0].state == State.WAITING


def test_a_message_is_taken_back_with_the_transaction_or_not_at_all(sending: PortalFlask) -> None:
    put(sending, "one")
    with sending.app_context():
        assert withdraw(["one"]) == 1
        db.session.rollback()
    assert send(sending) == 1


@pytest.mark.concurrency
def test_a_message_is_taken_back_or_sent_and_never_both(sending: PortalFlask, post_office: PostOffice) -> None:
    keys = [f"message-{number:02}" for number in range(40)]
    for key in keys:
        put(sending, key)
    start = threading.Barrier(2)

    def dispatch() -> int:
        start.wait()
        return send(sending)

    def regret() -> int:
        start.wait()
        return sum(take_back(sending, key) for key in reversed(keys))

    with ThreadPoolExecutor(2) as pool:
        sent, withdrawn = (future.result() for future in [pool.submit(dispatch), pool.submit(regret)])
    assert sent + withdrawn == len(keys)
    assert len(post_office.mails()) == sent
    states = [row.state for row in rows(sending)]
    assert (states.count(State.SENT), states.count(State.WITHDRAWN)) == (sent, withdrawn)


def test_a_message_that_comes_too_late_is_withdrawn(
    sending: PortalFlask, post_office: PostOffice, clock: Clock, secret: MessageKind
) -> None:
    put(sending, "one", secret, payload={"code": "123456"}, good_until=now() + TEN_MINUTES)
    clock.move(minutes=11)
    assert send(sending) == 0
    assert (rows(sending)[0].state, rows(sending)[0].payload) == (State.WITHDRAWN, {})
    assert post_office.mails() == []


def test_a_message_that_is_good_for_a_while_is_tried_often_in_it(
    sending: PortalFlask, post_office: PostOffice, clock: Clock
) -> None:
    post_office.answer["DATA"] = "451 not now"
    good_until = now() + TEN_MINUTES
    put(sending, "one", good_until=good_until)
    tries = [now()]
    while send(sending) == 0 and rows(sending)[0].state == State.WAITING:
        tries.append(rows(sending)[0].due_at)
        clock.set(tries[-1])
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert max(pauses) <= timedelta(seconds=30)
    assert min(pauses) >= timedelta(seconds=5)
    assert good_until - tries[-1] < timedelta(seconds=30)
    assert len(post_office.mails()) == len(tries)
    assert (rows(sending)[0].state, rows(sending)[0].last_error is not None) == (State.WITHDRAWN, True)


def test_a_message_that_is_good_for_long_is_not_tried_more_often_than_others(
    sending: PortalFlask, post_office: PostOffice, clock: Clock
) -> None:
    post_office.answer["DATA"] = "451 not now"
    put(sending, "one", good_until=now() + timedelta(days=30))
    for pause in claims.BACK_OFF[:3]:
        send(sending)
        assert rows(sending)[0].due_at == now() + pause
        clock.set(rows(sending)[0].due_at)
