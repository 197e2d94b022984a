"""Access, session and refresh tokens of a client that asks for them."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from portal.accounts.authentication import sessions
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from tests.accounts.people import change, is_in, login, make_person
from tests.support.clients import Api

REFRESH = "/api/v1/auth/refresh"


@pytest.fixture
def person(app: PortalFlask) -> Account:
    return make_person(app)


def exchange(api: Api, token: str, status: int = 200) -> Any:
    return api.post(REFRESH, json={"refresh_token": token}, status=status)


def test_a_set_has_all_that_a_refreshing_client_needs(app: PortalFlask, api: Api, person: Account) -> None:
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


def test_each_token_opens_what_it_is_for(api: Api, person: Account) -> None:
    answer = login(api, refresh=True)
    assert is_in(api, answer["access_token"])
    assert is_in(api, answer["session_token"])
    assert not is_in(api, answer["refresh_token"])
    assert api.get("/api/v1/profile/me", headers={"X-Session-Token": answer["session_token"]})["id"]
    for other in ("access_token", "refresh_token"):
        api.get("/api/v1/profile/me", headers={"X-Session-Token": answer[other]}, status=401)
    for other in ("access_token", "session_token"):
        exchange(api, answer[other], 401)


def test_an_access_token_ends_after_an_hour(api: Api, person: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    token = login(api, refresh=True)["access_token"]
    assert is_in(api, token)
    real = time.time
    monkeypatch.setattr("portal.api.authentication.time.time", lambda: real() + 3601)
    assert not is_in(api, token)


def test_a_session_token_ends_after_its_days(api: Api, person: Account, clock: Any) -> None:
    token = login(api, refresh=True)["session_token"]
    clock.move(days=6, hours=23)
    assert is_in(api, token)
    clock.move(hours=1)
    assert not is_in(api, token)


def test_exchanging_gives_a_new_set_and_ends_the_old_session_token(api: Api, person: Account) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert is_in(api, second["session_token"])
    assert not is_in(api, first["session_token"])


def test_an_honest_repetition_gets_the_same_set(api: Api, person: Account, clock: Any) -> None:
    first = login(api, refresh=True)
    lost = exchange(api, first["refresh_token"])
    clock.move(seconds=9)
    again = exchange(api, first["refresh_token"])
    assert again["refresh_token"] == lost["refresh_token"]
    assert again["session_token"] == lost["session_token"]
    assert is_in(api, again["session_token"])
    exchange(api, again["refresh_token"])


def test_reuse_ends_the_whole_family(api: Api, person: Account, clock: Any) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    clock.move(seconds=11)
    exchange(api, first["refresh_token"], 401)
    for token in (second["access_token"], second["session_token"], first["access_token"]):
        assert not is_in(api, token)
    exchange(api, second["refresh_token"], 401)


def test_reuse_after_the_successor_was_used_ends_the_family_at_once(api: Api, person: Account) -> None:
    first = login(api, refresh=True)
    second = exchange(api, first["refresh_token"])
    third = exchange(api, second["refresh_token"])
    exchange(api, first["refresh_token"], 401)
    assert not is_in(api, third["access_token"])


def test_other_sign_ins_survive_a_dead_family(api: Api, person: Account, clock: Any) -> None:
    other, first = login(api, refresh=True), login(api, refresh=True)
    exchange(api, first["refresh_token"])
    clock.move(seconds=11)
    exchange(api, first["refresh_token"], 401)
    assert is_in(api, other["session_token"])


def test_a_refresh_token_ends_after_its_days_without_use(api: Api, person: Account, clock: Any) -> None:
    token = login(api, refresh=True)["refresh_token"]
    clock.move(days=29)
    token = exchange(api, token)["refresh_token"]
    clock.move(days=29)
    token = exchange(api, token)["refresh_token"]
    clock.move(days=30)
    exchange(api, token, 401)


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_lost_standing_stops_refreshing(app: PortalFlask, api: Api, person: Account, values: dict[str, Any]) -> None:
    token = login(api, refresh=True)["refresh_token"]
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    exchange(api, token, 401)


def test_an_ended_sign_in_stops_refreshing(app: PortalFlask, api: Api, person: Account) -> None:
    answer = login(api, refresh=True)
    with app.app_context(), unit_of_work():
        sessions.end_all(person.id)
    exchange(api, answer["refresh_token"], 401)
    assert not is_in(api, answer["session_token"])


@pytest.mark.parametrize("token", ["", "x", "é" * 60, "\x00" * 5, "x" * 5000, None, 5, "a.b.c"])
def test_what_is_no_refresh_token_is_refused(api: Api, token: Any) -> None:
    response = api.client.post(REFRESH, json={"refresh_token": token})
    assert response.status_code in {401, 422}
    assert isinstance(response.json["detail"], str)


@pytest.mark.parametrize("token", ["x", "é", "a b", "x" * 5000, "'; drop table sessions"])
def test_what_is_no_session_token_opens_nothing(api: Api, token: str) -> None:
    headers = {"X-Session-Token": token.encode("utf-8", "ignore").decode("latin-1")}
    assert api.client.get("/api/v1/profile/me", headers=headers).status_code == 401
