"""Errors in the portal's environment end it with one sentence and status 2."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest

from portal.runtime import preflight
from tests.runtime.conftest import Make
from tests.runtime.portals import is_one_sentence, refused
from tests.support import databases

SECRET = "x" * 40
PRODUCTION = {"ENVIRONMENT": "PROD", "PUBLIC_URL": "https://alumni.example", "SECRET_KEY": SECRET}


@pytest.mark.process
@pytest.mark.parametrize(
    ("variables", "quoted"),
    [
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "Connection refused"),
        ({"PORT": "seven"}, "PORT"),
        ({"HOST": "203.0.113.1"}, "203.0.113.1"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY and EMAIL_HASH_SECRET"),
        (PRODUCTION, "EMAIL_HASH_SECRET"),
        ({**PRODUCTION, "EMAIL_HASH_SECRET": SECRET, "PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"INSTANCE_DIR": "/proc/nowhere"}, "INSTANCE_DIR"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_environment_ends_with_a_sentence(folder: Path, variables: dict[str, str], quoted: str) -> None:
    status, output = refused(folder / "instance", **variables)
    assert status == 2, output
    assert is_one_sentence(output), output
    assert quoted in output


@pytest.mark.process
def test_a_taken_port_ends_with_a_sentence(make: Make) -> None:
    portal = make()
    with socket.create_server(("127.0.0.1", portal.port)):
        assert portal.launch().wait() == 2
    assert is_one_sentence(portal.log)
    assert str(portal.port) in portal.log


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(databases.server_url(), autocommit=True) as connection:
        yield connection


def test_a_database_that_does_not_fold_cyrillic_is_refused(server: psycopg.Connection) -> None:
    server.execute("DROP DATABASE IF EXISTS portal_in_c")
    server.execute("CREATE DATABASE portal_in_c TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
    try:
        with pytest.raises(preflight.PreflightError, match="Cyrillic"):
            preflight.check(databases.url_of("portal_in_c"))
    finally:
        server.execute("DROP DATABASE portal_in_c")


class FakeServer:
    """A connection that answers as one to another server would."""

    def __init__(self, version: int, extensions: tuple[str, ...]) -> None:
        self.info = self
        self.server_version = version
        self.rows = [(name,) for name in extensions]

    def execute(self, *_: object) -> list[tuple[str]]:
        return self.rows


@pytest.mark.parametrize(
    ("fake_server", "quoted"),
    [(FakeServer(130011, ()), "PostgreSQL 13"), (FakeServer(160002, ("unaccent",)), "lacks fuzzystrmatch, pg_trgm")],
    ids=["old", "without contrib"],
)
def test_a_server_that_lacks_something_is_refused(fake_server: FakeServer, quoted: str) -> None:
    assert quoted in (preflight.find_fault(cast("psycopg.Connection", fake_server)) or "")


def test_the_suites_own_server_is_accepted(server: psycopg.Connection) -> None:
    assert preflight.find_fault(server) is None
