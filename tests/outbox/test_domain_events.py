"""Higher rooms hear of a message that could not be sent, in the transaction that records it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from portal.application import PortalFlask
from portal.core.extension_points import EXTENSION
from portal.extensions import db
from portal.outbox.domain_events import DeliveryFailed
from portal.outbox.models import OutboxMessage, State
from tests.conftest import Clock
from tests.outbox.conftest import PostOffice, put, rows, send

Listen = Callable[[Callable[[DeliveryFailed], None]], None]


@pytest.fixture
def listen(sending: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> Listen:
    handlers = sending.extensions[EXTENSION].event_handlers
    return lambda handler: monkeypatch.setitem(handlers, DeliveryFailed, (handler,))


def mark(key: str) -> None:
    """Something a listener writes: seen only if it was kept."""
    db.session.execute(update(OutboxMessage).where(OutboxMessage.key == key).values(locale="heard"))


def test_each_failure_is_told_with_what_follows(
    sending: PortalFlask, post_office: PostOffice, clock: Clock, listen: Listen
) -> None:
    heard: list[DeliveryFailed] = []
    listen(heard.append)
    put(sending, "one")
    for answer in ("451 not now", "554 not this"):
        post_office.answer["DATA"] = answer
        send(sending)
        clock.move(hours=1)
    told = ("one", "outbox.test_message", "mail")
    assert heard == [DeliveryFailed(*told, final=False), DeliveryFailed(*told, final=True)]


def test_nothing_is_told_of_a_message_that_left(sending: PortalFlask, listen: Listen) -> None:
    heard: list[DeliveryFailed] = []
    listen(heard.append)
    put(sending, "one")
    assert (send(sending), heard) == (1, [])


def test_what_a_listener_writes_is_kept_with_the_record(
    sending: PortalFlask, post_office: PostOffice, listen: Listen
) -> None:
    post_office.answer["DATA"] = "451 not now"
    listen(lambda fact: mark(fact.key))
    put(sending, "one")
    send(sending)
    assert (rows(sending)[0].locale, rows(sending)[0].lease) == ("heard", None)


def test_a_listener_that_fails_loses_its_own_work_and_not_the_record(
    sending: PortalFlask, post_office: PostOffice, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(fact: DeliveryFailed) -> None:
        mark(fact.key)
        raise ZeroDivisionError

    post_office.answer["alina@demo.example"] = "550 no such person"
    listen(stumble)
    put(sending, "1")
    put(sending, "2", recipient="bob@demo.example")
    assert send(sending) == 1
    refused, following = rows(sending)
    assert (refused.state, refused.lease, refused.locale) == (State.GIVEN_UP, None, "en")
    assert "no such person" in (refused.last_error or "")
    assert following.state == State.SENT
    assert "ZeroDivisionError" in caplog.text
