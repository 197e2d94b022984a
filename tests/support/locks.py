"""Waiting for another thread to wait for a lock."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import text

from portal.extensions import db

TRIES, PAUSE = 600, 0.02  # up to 12 s for a thread of a busy machine to reach its lock


def wait_until_blocked(answer: Future[Any]) -> None:
    """Return once the other thread waits for a lock of this transaction; fail if it has finished without."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect() as connection:
        for _ in range(TRIES):
            assert not answer.done(), f"did not wait: {answer.result()}"
            if connection.execute(waiting).scalar_one():
                return
            connection.rollback()
            time.sleep(PAUSE)
    pytest.fail("the writer never reached its lock")
