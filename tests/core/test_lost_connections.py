"""A restart of the database fails no request; without the database every answer is a sentence with status 503."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from config import Environment, Settings
from portal import create_app
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.db.unit_of_work import autocommit_connection
from portal.extensions import db
from tests import factories
from tests.support.clients import Api, Page, PageResponse

pytestmark = pytest.mark.slow


def break_connections(app: PortalFlask) -> None:
    """End the two connections of the application's pool, and no others."""
    with app.app_context():
        db.engine.dispose()
        with autocommit_connection() as one, autocommit_connection() as other:
            pids = [each.scalar(select(func.pg_backend_pid())) for each in (one, other)]
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as outside:
        ended = outside.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [pids]).fetchall()
    assert ended == [(True,), (True,)]


@pytest.mark.parametrize("path", ["/people/me", "/events"])
def test_a_page_is_retried(committed: PortalFlask, page: Page, path: str) -> None:
    page.sign_in(factories.make_account())
    break_connections(committed)
    assert page.get(path).text


def test_an_api_read_is_retried(committed: PortalFlask, api: Api) -> None:
    api.sign_in(factories.make_account())
    break_connections(committed)
    assert api.get("/api/v1/profile/me")


def test_an_uncommitted_change_is_retried(committed: PortalFlask, page: Page) -> None:
    account = factories.make_account()
    page.sign_in(account)
    break_connections(committed)
    page.post("/preferences/theme", {"theme": "dark"})
    with committed.app_context():
        assert db.session.get_one(Account, account.id).theme == "dark"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/home", 405)])
def test_an_error_page_is_retried(committed: PortalFlask, page: Page, method: str, path: str, status: int) -> None:
    page.sign_in(factories.make_account())
    break_connections(committed)
    assert PageResponse(page.request(method, path, status=status)).texts("h1")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/nowhere", 404), ("PUT", "/api/v1/events/", 405)]
)
def test_an_api_error_is_retried(committed: PortalFlask, api: Api, method: str, path: str, status: int) -> None:
    api.sign_in(factories.make_account())
    break_connections(committed)
    assert api.call(method, path, status=status)["detail"]


@pytest.fixture
def without_database(committed: PortalFlask, tmp_path: Path) -> Iterator[PortalFlask]:
    """Yield an application whose database is not running, for people who were signed in before."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        unreachable = f"postgresql+psycopg://portal@127.0.0.1:{unused.getsockname()[1]}/portal"
        yield create_app(Settings(environment=Environment.TEST, database_url=unreachable, instance_dir=tmp_path))


@pytest.mark.parametrize("path", ["/home", "/", "/nowhere", "/events"])
def test_pages_answer_503_without_the_database(without_database: PortalFlask, path: str) -> None:
    page = Page(without_database).sign_in(factories.make_account())
    assert "Try again in a minute" in page.get(path, status=503).text


def test_the_api_answers_503_without_the_database(without_database: PortalFlask) -> None:
    api = Api(without_database).sign_in(factories.make_account())
    for path in ("/api/v1/profile/me", "/api/v1/nowhere"):
        assert "Try again in a minute" in api.get(path, status=503)["detail"]


def test_metrics_can_be_read_without_the_database(without_database: PortalFlask) -> None:
    assert "portal_requests_total" in without_database.test_client().get("/metrics").text


def test_the_outbox_metric_is_retried(committed: PortalFlask) -> None:
    break_connections(committed)
    assert "portal_outbox_messages{" in committed.test_client().get("/metrics").text
