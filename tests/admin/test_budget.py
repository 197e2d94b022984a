"""How many statements each answer of the office may cost, however long its queues are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.factories import make_account, make_event


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The statements that reach the database while the test runs."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def busy() -> None:
    """A portal with long queues."""
    for _number in range(6):
        make_account(verified=False)
        make_event(make_account(), approval="pending")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/admin", 13),
        ("/admin/verification", 10),
        ("/admin/events", 8),
        ("/admin/allow-list", 6),
        ("/admin/settings", 6),
        ("/admin/outbox", 7),
    ],
)
def test_pages_stay_within_their_budget(page, adam, busy, asked, path, most):
    page.sign_in(adam)
    asked.clear()
    page.get(path)
    assert 1 <= len(asked) <= most, "\n".join(asked)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/admin/users", 2),
        ("/api/v1/admin/banned", 2),
        ("/api/v1/admin/events", 4),
        ("/api/v1/admin/settings/events", 2),
        ("/api/v1/cities/search?q=kaz", 2),
        ("/api/v1/cities/search?q=kazna", 4),
        ("/api/v1/cities/coordinates?city=Kazan&country=Russia", 3),
    ],
)
def test_answers_stay_within_their_budget(api, adam, busy, asked, path, most):
    api.sign_in(adam)
    asked.clear()
    api.client.get(path, headers=api.headers)
    assert 1 <= len(asked) <= most, "\n".join(asked)
