"""Clients close their connections when the last test of a module has spoken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.speaking import hang_up


@pytest.fixture(scope="module", autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()
