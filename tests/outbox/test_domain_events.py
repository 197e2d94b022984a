"""A message that could not be sent is published as an event, in the transaction that records the failure."""

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
from tests.outbox.conftest import SmtpServer, put, rows, send

Subscribe = Callable[[Callable[[DeliveryFailed], None]], None]


@pytest.fixture
def subscribe(mail_app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> Subscribe:
    handlers = mail_app.extensions[EXTENSION].event_handlers
    return lambda handler: monkeypatch.setitem(handlers, DeliveryFailed, (handler,))


def mark(key: str) -> None:
    """Write something as a handler would."""
    db.session.execute(update(OutboxMessage).where(OutboxMessage.key == key).values(locale="marked"))


def test_each_failure_is_published_with_its_consequence(
    mail_app: PortalFlask, smtp_server: SmtpServer, clock: Clock, subscribe: Subscribe
) -> None:
    published: list[DeliveryFailed] = []
    subscribe(published.append)
    put(mail_app, "one")
    for reply in ("451 not now", "554 not this"):
        smtp_server.replies["DATA"] = reply
        send(mail_app)
        clock.move(hours=1)
    message = ("one", "outbox.test_message", "mail")
    assert published == [DeliveryFailed(*message, final=False), DeliveryFailed(*message, final=True)]


def test_a_sent_message_publishes_nothing(mail_app: PortalFlask, subscribe: Subscribe) -> None:
    published: list[DeliveryFailed] = []
    subscribe(published.append)
    put(mail_app, "one")
    assert (send(mail_app), published) == (1, [])


def test_writes_of_a_handler_are_committed_with_the_failure(
    mail_app: PortalFlask, smtp_server: SmtpServer, subscribe: Subscribe
) -> None:
    smtp_server.replies["DATA"] = "451 not now"
    subscribe(lambda event: mark(event.key))
    put(mail_app, "one")
    send(mail_app)
    assert (rows(mail_app)[0].locale, rows(mail_app)[0].lease) == ("marked", None)


def test_a_handler_that_raises_loses_its_writes_but_the_failure_is_recorded(
    mail_app: PortalFlask, smtp_server: SmtpServer, subscribe: Subscribe, caplog: pytest.LogCaptureFixture
) -> None:
    def raise_after_writing(event: DeliveryFailed) -> None:
        mark(event.key)
        raise ZeroDivisionError

    smtp_server.replies["alina@demo.example"] = "550 no such person"
    subscribe(raise_after_writing)
    put(mail_app, "1")
    put(mail_app, "2", recipient="bob@demo.example")
    assert send(mail_app) == 1
    refused, following = rows(mail_app)
    assert (refused.state, refused.lease, refused.locale) == (State.GIVEN_UP, None, "en")
    assert "no such person" in (refused.last_error or "")
    assert following.state == State.SENT
    assert "ZeroDivisionError" in caplog.text
