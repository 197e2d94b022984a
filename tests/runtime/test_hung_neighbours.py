"""PostgreSQL and Redis that hang, stopped and not dead: requests get a response, and the liveness check succeeds."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.runtime.conftest import Make
from tests.runtime.portals import Portal, children, until
from tests.support import databases, server
from tests.support.plain_http import PLAIN_HTTP

pytestmark = pytest.mark.process


@contextmanager
def stopped(portal: Portal) -> Iterator[None]:
    """Stop all processes of the portal's database for the block; the kernel still accepts connections for them."""
    pids = [portal.postgres, *children(portal.postgres)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def ask(portal: Portal, path: str, language: str = "en") -> httpx.Response:
    return httpx.get(portal.url + path, headers={"Accept-Language": language}, **PLAIN_HTTP)


def test_a_database_that_hangs_is_given_up_and_found_again(make: Make) -> None:
    portal = make(LOG_LEVEL="WARNING").start()
    paths = ["/", "/events", "/people", "/api/v1/events/", "/api/v1/profile/me", "/people?q=anna"]
    with stopped(portal), ThreadPoolExecutor(24) as pool:
        live = [pool.submit(ask, portal, "/health/live") for _time in range(3)]
        answers = list(pool.map(lambda path: ask(portal, path), paths * 8))
        assert [probe.result().status_code for probe in live] == [200] * 3
        assert ask(portal, "/health/live").status_code == 200
        assert ask(portal, "/health/ready").status_code == 503
        russian = ask(portal, "/", "ru")
    assert {answer.status_code for answer in answers} <= {503, 401, 303}
    assert 503 in {answer.status_code for answer in answers}
    for answer in answers:
        assert answer.status_code != 503 or "Try again in a minute" in answer.text, answer.text
    assert (russian.status_code, "через минуту" in russian.text) == (503, True)
    until(lambda: portal.status("/") == 200, "the database is found again")
    assert "Traceback" not in portal.log, "a traceback says nothing that the line before does not"


@contextmanager
def mute_server() -> Iterator[int]:
    """Yield the port of a server that accepts connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        yield listening.getsockname()[1]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with databases.cloned("portal_mute", databases.migrated()) as name:
        yield name


def test_a_redis_that_hangs_delays_nobody(database: str) -> None:
    with (
        mute_server() as port,
        server.serving(database, ENVIRONMENT="DEV", REDIS_URL=f"redis://127.0.0.1:{port}/0") as url,
        ThreadPoolExecutor(12) as pool,
    ):
        answers = list(pool.map(lambda _: httpx.get(f"{url}/login", **PLAIN_HTTP).status_code, range(60)))
    assert answers == [200] * 60
