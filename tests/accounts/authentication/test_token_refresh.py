"""Access, session and refresh tokens of a client that refreshes."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from sqlalchemy import select

from portal.accounts.authentication import sessions
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from tests.accounts.people import change, is_accepted, login
from tests.support.clients import Api

REFRESH = "/api/v1/auth/refresh"


def exchange(api: Api, token: str, status: int = 200) -> Any:
    return api.post(REFRESH, json={"refresh_token": token}, status=status)


def test_set_contains_everything_a_refreshing_client_needs(app: PortalFlask, api: Api, person: Account) -> None:
    answer = login(api, refresh=True)
    assert set(answer) == {
        "access_token",
        "token_type",
        "expires_in",
        "session_token",
        "refresh_token",
        "session_id",
    }
    assert answer["expires_in"] == 3600
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600


def test_each_token_is_valid_for_its_own_purpose(api: Api, person: Account) -> None:
    answer = login(api, refresh=True)
    assert is_accepted(api, answer["access_token"])
    assert is_accepted(api, answer["session_token"])
    assert not is_accepted(api, answer["refresh_token"])
    assert api.get("/api/v1/profile/me", headers={"X-Session-Token": answer["session_token"]})["id"]
    for other in ("access_token", "refresh_token"):
        api.get("/api/v1/profile/me", headers={"X-Session-Token": answer[other]}, status=401)
    for other in ("access_token", "session_token"):
        exchange(api, answer[other], 401)


def test_access_token_expires_after_an_hour(api: Api, person: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    token = login(api, refresh=True)["access_token"]
    assert is_accepted(api, token)
    real = time.time
    monkeypatch.setattr("portal.api.authentication.time.time", lambda: real() + 3601)
    assert not is_accepted(api, token)


def test_session_token_expires_after_the_configured_days(api: Api, person: Account, clock: Any) -> None:
    token = login(api, refresh=True)["session_token"]
    clock.move(days=6, hours=23)
    assert is_accepted(api, token)
    clock.move(hours=1)
    assert not is_accepted(api, token)


def test_exchanging_gives_a_new_set_and_ends_the_old_session_token(api: Api, person: Account) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert is_accepted(api, second["session_token"])
    assert not is_accepted(api, first["session_token"])


def test_repeated_exchange_returns_the_identical_set(api: Api, person: Account, clock: Any) -> None:
    first = login(api, refresh=True)
    lost = exchange(api, first["refresh_token"])
    for pause in (0, 1, 11, 30, 18):  # 60 seconds in all
        clock.move(seconds=pause)
        again = exchange(api, first["refresh_token"])
        assert again["refresh_token"] == lost["refresh_token"]
        assert again["session_token"] == lost["session_token"]
        assert is_accepted(api, again["session_token"])
        assert is_accepted(api, again["access_token"])
    exchange(api, again["refresh_token"])


def reuses(app: PortalFlask) -> list[Any]:
    """Return the account of each audit entry about a refresh token that was used again."""
    with app.app_context():
        reused = select(AuditEntry.target_id).where(AuditEntry.action == "accounts.refresh_token_reused")
        return list(db.session.scalars(reused))


def test_retries_leave_no_entry_of_misuse(app: PortalFlask, api: Api, person: Account) -> None:
    first = login(api, refresh=True)
    for _time in range(3):
        exchange(api, first["refresh_token"])
    assert reuses(app) == []


def test_reuse_of_a_refresh_token_ends_the_session(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    clock.move(seconds=61)
    exchange(api, first["refresh_token"], 401)
    assert reuses(app) == [str(person.id)]
    for token in (second["access_token"], second["session_token"], first["access_token"]):
        assert not is_accepted(api, token)
    exchange(api, second["refresh_token"], 401)


def test_reuse_after_the_successor_was_exchanged_ends_the_session_at_once(
    app: PortalFlask, api: Api, person: Account
) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    third = exchange(api, second["refresh_token"])
    exchange(api, first["refresh_token"], 401)
    assert not is_accepted(api, third["access_token"])
    exchange(api, third["refresh_token"], 401)
    assert reuses(app) == [str(person.id)]


def test_other_sessions_stay_open_after_a_reuse(api: Api, person: Account, clock: Any) -> None:
    other, first = login(api, refresh=True), login(api, refresh=True)
    exchange(api, first["refresh_token"])
    clock.move(seconds=61)
    exchange(api, first["refresh_token"], 401)
    assert is_accepted(api, other["session_token"])


def test_refresh_token_expires_after_the_configured_days_without_use(api: Api, person: Account, clock: Any) -> None:
    token = login(api, refresh=True)["refresh_token"]
    clock.move(days=29)
    token = exchange(api, token)["refresh_token"]
    clock.move(days=29)
    token = exchange(api, token)["refresh_token"]
    clock.move(days=30)
    exchange(api, token, 401)


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_changed_account_status_stops_refreshing(
    app: PortalFlask, api: Api, person: Account, values: dict[str, Any]
) -> None:
    token = login(api, refresh=True)["refresh_token"]
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    exchange(api, token, 401)


def test_ended_session_stops_refreshing(app: PortalFlask, api: Api, person: Account) -> None:
    answer = login(api, refresh=True)
    with app.app_context(), unit_of_work():
        sessions.end_all(person.id)
    exchange(api, answer["refresh_token"], 401)
    assert not is_accepted(api, answer["session_token"])


@pytest.mark.parametrize("token", ["", "x", "é" * 60, "\x00" * 5, "x" * 5000, None, 5, "a.b.c"])
def test_malformed_refresh_token_is_refused(api: Api, token: Any) -> None:
    response = api.client.post(REFRESH, json={"refresh_token": token})
    assert response.status_code in {401, 422}
    assert isinstance(response.get_json()["detail"], str)


@pytest.mark.parametrize("token", ["x", "é", "a b", "x" * 5000, "'; drop table sessions"])
def test_malformed_session_token_is_refused(api: Api, token: str) -> None:
    headers = {"X-Session-Token": token.encode("utf-8", "ignore").decode("latin-1")}
    assert api.client.get("/api/v1/profile/me", headers=headers).status_code == 401
