"""Waking up at once: one thread per process listens to the database and sends what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from flask import Flask
from psycopg import sql

from portal.extensions import db
from portal.outbox.dispatcher import send_due
from portal.outbox.services import WAKE_UP

GLANCE = 1.0
PAUSE = 5.0


def listen(app: Flask, stopping: threading.Event, beat: Callable[[], None]) -> None:
    """Send whenever a message was stored, until ``stopping`` is set; survives any outage of the database.

    ``beat`` is called at least every few seconds while all is well.
    """

    def keep_going() -> bool:
        beat()
        return not stopping.is_set()

    while keep_going():
        try:
            with listening(app) as connection:
                send(app, keep_going)
                while keep_going():
                    if any(True for _ in connection.notifies(timeout=GLANCE, stop_after=1)):
                        send(app, keep_going)
        except Exception as error:
            app.logger.warning("not listening for messages, trying again in %d s: %s", PAUSE, error)
            stopping.wait(PAUSE)


def send(app: Flask, keep_going: Callable[[], bool]) -> None:
    with app.app_context():
        send_due(keep_going)


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
