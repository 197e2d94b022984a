"""Tokens that were never issued, or are no longer valid."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from portal.accounts.models import Account
from portal.application import ISSUER, PortalFlask
from portal.extensions import db
from tests.factories import make_sign_in
from tests.support.clients import Api, Page


def claims(account: Account, **changed: Any) -> dict[str, Any]:
    """Return the claims of a valid token of this person, with changes."""
    moment = datetime.now(UTC)
    sign_in = make_sign_in(account, channel="api")
    real = {"sub": str(sign_in.id), "type": "access", "iss": ISSUER, "iat": moment, "nbf": moment}
    return {**real, "jti": "1", "fresh": False, **changed}


def ask(api: Api, token: str, *, status: int = 401) -> Any:
    api.headers = {"Authorization": f"Bearer {token}"}
    return api.get("/api/v1/profile/me", status=status)


def signed(app: PortalFlask, payload: dict[str, Any], **options: Any) -> str:
    return jwt.encode(payload, app.config["SECRET_KEY"], **{"algorithm": "HS256", **options})


def test_the_sample_is_a_token_that_works(app: PortalFlask, api: Api, alina: Account) -> None:
    ask(api, signed(app, claims(alina)), status=200)


def test_token_without_a_signature_is_refused(api: Api, alina: Account) -> None:
    ask(api, jwt.encode(claims(alina), "", algorithm="none"))


def test_token_signed_with_another_key_is_refused(api: Api, alina: Account) -> None:
    ask(api, jwt.encode(claims(alina), "k" * 32, algorithm="HS256"))


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "refresh"},
        {"iss": "elsewhere"},
        {"sub": "1"},
        {"sub": ""},
        {"sub": str(uuid.uuid4())},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=["refresh", "issuer", "no uuid", "empty", "unknown", "expired"],
)
def test_token_with_wrong_claims_is_refused(
    app: PortalFlask, api: Api, alina: Account, changed: dict[str, Any]
) -> None:
    ask(api, signed(app, claims(alina, **changed)))


@pytest.mark.parametrize("missing", ["type", "sub", "iss"])
def test_token_without_a_claim_is_refused(app: PortalFlask, api: Api, alina: Account, missing: str) -> None:
    payload = claims(alina)
    del payload[missing]
    ask(api, signed(app, payload))


@pytest.mark.parametrize("kind", [None, "", "Access", "session", 1, ["access"]])
def test_token_of_another_type_is_refused(app: PortalFlask, api: Api, alina: Account, kind: object) -> None:
    ask(api, signed(app, claims(alina, type=kind)))


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 8000, "ü", "null", "undefined"])
def test_malformed_token_is_refused(api: Api, token: str) -> None:
    ask(api, token)


def test_token_of_a_browser_session_is_refused_by_the_api(app: PortalFlask, api: Api, alina: Account) -> None:
    browsers = make_sign_in(alina, channel="page")
    ask(api, signed(app, claims(alina, sub=str(browsers.id))))


def test_the_api_never_reads_the_cookie(page: Page, alina: Account) -> None:
    page.sign_in(alina).get("/settings/profile")
    page.request("GET", "/api/v1/profile/me", status=401)


def test_pages_never_read_the_bearer_token(app: PortalFlask, page: Page, alina: Account) -> None:
    headers = {"Authorization": f"Bearer {signed(app, claims(alina))}"}
    page.get("/settings/profile", status=303, headers=headers)


def test_token_of_a_deleted_account_is_refused(app: PortalFlask, api: Api, alina: Account) -> None:
    token = signed(app, claims(alina))
    ask(api, token, status=200)
    with app.app_context():
        db.session.execute(db.delete(Account).where(Account.id == alina.id))
        db.session.commit()
    ask(api, token)


def test_stale_token_does_not_prevent_signing_in(api: Api) -> None:
    api.headers = {"Authorization": "Bearer stale"}
    body = {"email": "nobody@demo.example", "password": "whatever it was"}
    assert api.post("/api/v1/auth/login", json=body, status=401)["code"] == "wrong_credentials"


def test_token_is_valid_for_a_month_without_use(committed: PortalFlask, api: Api, alina: Account, clock: Any) -> None:
    from portal.accounts.authentication.outcome import ClientInfo, open_session
    from portal.accounts.models import SignInMethod
    from portal.core.actor import Actor, Channel
    from portal.core.db.unit_of_work import unit_of_work

    with committed.app_context(), unit_of_work():
        opened = open_session(Actor(Channel.API), alina, SignInMethod.PASSWORD, ClientInfo("app"))
        assert opened.tokens is not None
        token = opened.tokens.access
    for _time in range(2):
        clock.move(days=29)
        ask(api, token, status=200)
    clock.set(datetime.now(UTC) + timedelta(days=29 * 2 + 30, minutes=1))
    ask(api, token)
