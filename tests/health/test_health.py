"""Health checks and metrics of one process; the sum over several workers is tested in tests/runtime."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from werkzeug.test import TestResponse

from config import Environment
from portal.application import PortalFlask
from portal.extensions import db
from portal.runtime import scheduler


@pytest.fixture
def jobs_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "silence", lambda app: 1.0)


def get(app: PortalFlask, path: str, **headers: str) -> TestResponse:
    return app.test_client().get(path, headers=headers)


def test_a_process_that_answers_is_alive(tx: PortalFlask) -> None:
    answer = get(tx, "/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_portal_with_database_migrations_and_jobs_is_ready(tx: PortalFlask, jobs_alive: None) -> None:
    answer = get(tx, "/health/ready")
    assert answer.status_code == 200
    assert answer.json == dict.fromkeys(("status", "database", "migrations", "jobs", "pictures", "map"), "ok")


def test_the_plain_answer_is_one_word(tx: PortalFlask, jobs_alive: None) -> None:
    assert get(tx, "/health").text == "ok\n"


def test_a_database_of_another_version_is_not_ready(tx: PortalFlask, jobs_alive: None) -> None:
    with tx.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        db.session.commit()
    answer = get(tx, "/health/ready")
    assert answer.status_code == 503
    assert answer.get_json()["migrations"].startswith("at older")
    assert get(tx, "/health").text == "not ready\n"


def test_jobs_without_a_heartbeat_are_not_ready(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "silence", lambda app: 300.0)
    answer = get(tx, "/health/ready")
    assert (answer.status_code, answer.get_json()["jobs"]) == (503, "silent for 300 s")


def test_a_serving_process_whose_jobs_never_started_is_not_ready(tx: PortalFlask) -> None:
    assert get(tx, "/health/ready").get_json()["jobs"] == "not started"


def test_metrics_count_requests_by_endpoint_and_status(tx: PortalFlask) -> None:
    get(tx, "/health/live")
    shown = get(tx, "/metrics").text
    assert 'portal_requests_total{endpoint="health.live",method="GET",status="200"}' in shown
    assert 'portal_request_seconds_count{endpoint="health.live"}' in shown


def test_metrics_count_waiting_messages(tx: PortalFlask) -> None:
    assert 'portal_outbox_messages{state="waiting"} 0.0' in get(tx, "/metrics").text


def test_metrics_of_unknown_paths_share_one_name(tx: PortalFlask) -> None:
    get(tx, "/no/such/page/1")
    get(tx, "/no/such/page/2")
    assert "no/such/page" not in get(tx, "/metrics").text


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer", "Basic c2VjcmV0"])
def test_metrics_require_their_token(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    settings = tx.config["PORTAL"].model_copy(update={"metrics_token": SecretStr("secret")})
    monkeypatch.setitem(tx.config, "PORTAL", settings)
    assert get(tx, "/metrics", Authorization=header).status_code == 401
    assert get(tx, "/metrics", Authorization="Bearer secret").status_code == 200


@pytest.mark.parametrize("environment", [Environment.PROD, Environment.STAGING])
def test_production_shows_no_metrics_without_a_token(
    tx: PortalFlask, monkeypatch: pytest.MonkeyPatch, environment: Environment
) -> None:
    settings = tx.config["PORTAL"].model_copy(update={"environment": environment})
    monkeypatch.setitem(tx.config, "PORTAL", settings)
    for header in ("", "Bearer ", "Bearer x"):
        answer = get(tx, "/metrics", Authorization=header)
        assert (answer.status_code, "portal_" in answer.text) == (401, False)
