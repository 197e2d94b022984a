"""Sending at once: one thread per process listens to PostgreSQL's notifications, one per channel sends what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from flask import Flask
from psycopg import sql

from portal.core.db import failures
from portal.extensions import db
from portal.outbox.dispatcher import send_due
from portal.outbox.models import MessageChannel
from portal.outbox.services import NOTIFY_CHANNEL
from portal.outbox.transports import TRANSPORTS

POLL_SECONDS = 1.0
RECONNECT_SECONDS = 5.0


def listen(app: Flask, stopping: threading.Event, heartbeat: Callable[[], None]) -> None:
    """Send messages of all channels as soon as they are committed, until ``stopping`` is set.

    An outage of the database is logged and survived. ``heartbeat`` is called at least every few seconds while the
    listener works. Return when the outcomes of the messages that were being sent are recorded.
    """

    def keep_going() -> bool:
        heartbeat()
        return not stopping.is_set()

    senders = {channel: Sender(app, MessageChannel(channel), keep_going) for channel in TRANSPORTS}
    for sender in senders.values():
        sender.start()
    while keep_going():
        try:
            with notification_connection(app) as connection:
                wake(senders, set(senders))
                while keep_going():
                    notifications = connection.notifies(timeout=POLL_SECONDS, stop_after=1)
                    wake(senders, {notification.payload for notification in notifications})
        except Exception as error:
            app.logger.warning("not listening for messages, trying again in %d s: %s", RECONNECT_SECONDS, error)
            stopping.wait(RECONNECT_SECONDS)
    for sender in senders.values():
        sender.join()


class Sender(threading.Thread):
    """A thread that sends the due messages of one channel when it is woken; no channel waits for another."""

    def __init__(self, app: Flask, channel: MessageChannel, keep_going: Callable[[], bool]) -> None:
        super().__init__(name=f"outbox-{channel}", daemon=True)
        self.app = app
        self.channel = channel
        self.keep_going = keep_going
        self.woken = threading.Event()

    def run(self) -> None:
        """Call ``send`` each time that ``woken`` is set, until ``keep_going`` returns ``False``."""
        while self.keep_going():
            if self.woken.wait(POLL_SECONDS):
                self.woken.clear()
                self.send()

    def send(self) -> None:
        """Send the due messages of the channel; an error is logged and not raised.

        The periodic job tries again to send those that are left.
        """
        try:
            with self.app.app_context():
                send_due(self.channel, self.keep_going)
        except Exception as error:
            failures.log(self.app.logger, error, "messages by %s could not be sent", self.channel)


def wake(senders: dict[str, Sender], channels: set[str]) -> None:
    """Wake the senders of the given message channels; names without a sender are ignored."""
    for channel in channels & senders.keys():
        senders[channel].woken.set()


@contextmanager
def notification_connection(app: Flask) -> Iterator[psycopg.Connection]:
    """Open a connection outside the pool that receives the notifications of ``enqueue``; close it after the block."""
    with app.app_context():
        borrowed = db.engine.raw_connection()
        connection = borrowed.driver_connection
        borrowed.detach()
    assert isinstance(connection, psycopg.Connection)
    with connection:
        connection.autocommit = True
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(NOTIFY_CHANNEL)))
        yield connection
