"""A process hears of a message when it is stored, not at its next tick."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox import listener
from tests.outbox.conftest import PostOffice, put

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


def pids(app: PortalFlask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(text(LISTENERS)))


@pytest.fixture
def wait_for(sending: PortalFlask) -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        for _ in range(200):
            if condition():
                return
            threading.Event().wait(0.05)
        raise AssertionError("waited in vain")

    return wait


@pytest.fixture
def listening(
    sending: PortalFlask, monkeypatch: pytest.MonkeyPatch, wait_for: Callable[[Callable[[], bool]], None]
) -> Iterator[threading.Thread]:
    monkeypatch.setattr(listener, "GLANCE", 0.1)
    monkeypatch.setattr(listener, "PAUSE", 0.1)
    stopping = threading.Event()
    thread = threading.Thread(target=listener.listen, args=(sending, stopping, lambda: None), daemon=True)
    thread.start()
    try:
        wait_for(lambda: len(pids(sending)) == 1)
        yield thread
    finally:
        stopping.set()
        thread.join(10)


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
    sending: PortalFlask,
    post_office: PostOffice,
    listening: threading.Thread,
    wait_for: Callable[[Callable[[], bool]], None],
) -> None:
    [pid] = pids(sending)
    with sending.app_context():
        db.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_for(lambda: pids(sending) not in ([], [pid]))
    put(sending, "one")
    assert post_office.taken.get(timeout=10)["To"] == "alina@demo.example"


def test_a_process_listens_on_one_connection_outside_the_pool(
    sending: PortalFlask,
    listening: threading.Thread,
    wait_for: Callable[[Callable[[], bool]], None],
) -> None:
    with sending.app_context():
        pool = db.engine.pool
    wait_for(lambda: pool.checkedout() == 0)
    assert len(pids(sending)) == 1
