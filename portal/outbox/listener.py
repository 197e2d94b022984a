"""Waking up at once: one thread per process listens to the database, and one for each way out sends what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from flask import Flask
from psycopg import sql

from portal.extensions import db
from portal.outbox.dispatcher import send_due
from portal.outbox.models import MessageChannel
from portal.outbox.services import WAKE_UP
from portal.outbox.transports import WAYS_OUT

GLANCE = 1.0
PAUSE = 5.0


def listen(app: Flask, stopping: threading.Event, beat: Callable[[], None]) -> None:
    """Send whenever a message was stored, until ``stopping`` is set; survives any outage of the database.

    ``beat`` is called at least every few seconds while all is well. Returns when the messages in hand are settled.
    """

    def keep_going() -> bool:
        beat()
        return not stopping.is_set()

    senders = {channel: Sender(app, MessageChannel(channel), keep_going) for channel in WAYS_OUT}
    for sender in senders.values():
        sender.start()
    while keep_going():
        try:
            with listening(app) as connection:
                wake(senders, set(senders))
                while keep_going():
                    heard = connection.notifies(timeout=GLANCE, stop_after=1)
                    wake(senders, {note.payload for note in heard})
        except Exception as error:
            app.logger.warning("not listening for messages, trying again in %d s: %s", PAUSE, error)
            stopping.wait(PAUSE)
    for sender in senders.values():
        sender.join()


class Sender(threading.Thread):
    """Sends what is due on one channel whenever it is woken; how long that takes is no other channel's trouble."""

    def __init__(self, app: Flask, channel: MessageChannel, keep_going: Callable[[], bool]) -> None:
        super().__init__(name=f"outbox-{channel}", daemon=True)
        self.app = app
        self.channel = channel
        self.keep_going = keep_going
        self.woken = threading.Event()

    def run(self) -> None:
        while self.keep_going():
            if self.woken.wait(GLANCE):
                self.woken.clear()
                self.send()

    def send(self) -> None:
        """What fails here is tried again at the next tick."""
        try:
            with self.app.app_context():
                send_due(self.channel, self.keep_going)
        except Exception:
            self.app.logger.exception("messages by %s could not be sent", self.channel)


def wake(senders: dict[str, Sender], channels: set[str]) -> None:
    for channel in channels & senders.keys():
        senders[channel].woken.set()


@contextmanager
def listening(app: Flask) -> Iterator[psycopg.Connection]:
    """A connection of its own, outside the pool, that hears what ``enqueue`` announces."""
    with app.app_context():
        borrowed = db.engine.raw_connection()
        connection = borrowed.driver_connection
        borrowed.detach()
    assert isinstance(connection, psycopg.Connection)
    with connection:
        connection.autocommit = True
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(WAKE_UP)))
        yield connection
