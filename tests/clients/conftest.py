"""Closes the connections of the clients after the last test of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.legacy_clients import close_connections


@pytest.fixture(scope="module", autouse=True)
def _close_connections() -> Iterator[None]:
    yield
    close_connections()
