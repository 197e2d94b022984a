"""A database that restarts costs nobody a request."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.unit_of_work import apart
from portal.extensions import db
from tests import factories
from tests.support.clients import Api, Page


def break_connections(app: PortalFlask) -> None:
    """End the two that wait in the pool now."""
    with app.app_context(), apart() as one, apart() as other:
        assert [one.scalar(select(1)), other.scalar(select(1))] == [1, 1]
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as outside:
        others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ended = outside.execute("SELECT count(pg_terminate_backend(pid, 5000)) FROM " + others).fetchall()
    assert ended >= [(2,)]


@pytest.mark.parametrize("path", ["/people/me", "/events"])
def test_a_page_is_read_again(committed: PortalFlask, page: Page, path: str) -> None:
    page.sign_in(factories.make_account())
    break_connections(committed)
    assert page.get(path).text


def test_an_answer_of_the_api_is_read_again(committed: PortalFlask, api: Api) -> None:
    api.sign_in(factories.make_account())
    break_connections(committed)
    assert api.get("/api/v1/profile/me")


def test_a_change_that_was_not_committed_is_made_again(committed: PortalFlask, page: Page) -> None:
    account = factories.make_account()
    page.sign_in(account)
    break_connections(committed)
    page.post("/preferences/theme", {"theme": "dark"})
    with committed.app_context():
        assert db.session.get_one(Account, account.id).theme == "dark"
