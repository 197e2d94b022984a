"""What must hold whatever happens, shown through pages and API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, OneTimeSecret, RecoveryCode, RefreshToken, SignIn
from portal.application import PortalFlask
from portal.extensions import db
from portal.outbox.models import OutboxMessage
from tests.accounts.people import EMAIL, REGISTRATION, add_authenticator, add_to_allow_list, bearer, login, make_person
from tests.accounts.second_factor import authenticator_code, send_second_factor, set_up_authenticator
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.support.clients import Api, Page

AUTH = "/api/v1/auth"


class Listener(Api):
    """A client that keeps every response."""

    def __init__(self, app: PortalFlask) -> None:
        super().__init__(app)
        self.heard = ""

    def request(self, method: str, path: str, *, status: int, **options: Any) -> Any:
        response = super().request(method, path, status=status, **options)
        self.heard += response.get_data(as_text=True) + str(response.headers)
        return response


def secrets_in(app: PortalFlask) -> set[str]:
    """Return every stored hash, and every code and link that is being sent."""
    columns = (
        Account.password_hash,
        Account.totp_secret,
        OneTimeSecret.link_hash,
        OneTimeSecret.code_hash,
        RecoveryCode.code_hash,
        RefreshToken.token_hash,
        RefreshToken.salt,
        SignIn.token_hash,
    )
    with app.app_context():
        found = {str(value) for column in columns for value in db.session.scalars(select(column)) if value}
        for payload in db.session.scalars(select(OutboxMessage.payload)):
            found |= {str(payload[name]) for name in ("code", "url") if name in payload}
    return found


def test_no_response_contains_a_secret_that_is_sent_another_way(app: PortalFlask) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    api = Listener(app)
    api.post(f"{AUTH}/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    code = payload_of(app, REGISTRATION["email"], "accounts.verify_address")["code"]
    api.post(f"{AUTH}/verify", json={"email": REGISTRATION["email"], "verification_code": code})
    make_person(app)
    token = login(api, refresh=True)
    api.headers = bearer(token["access_token"])
    set_up_authenticator(api)
    api.post(f"{AUTH}/refresh", json={"refresh_token": token["refresh_token"]})
    for path in ("login/otp/request", "password-reset/request", "resend-verification"):
        api.post(f"{AUTH}/{path}", json={"email": EMAIL})
    api.post("/api/v1/account/email", json={"email": "new@demo.example"})
    for path in ("account", "auth/sessions", "profile/me", "profile/all"):
        api.get(f"/api/v1/{path}")
    known = secrets_in(app)
    assert len(known) > 15
    assert [secret for secret in known if secret in api.heard] == []


def test_email_is_one_identity_in_every_notation_and_role(app: PortalFlask, api: Api, adam: Account) -> None:
    person = make_person(app)
    body = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    for email in (EMAIL.upper(), f"  {EMAIL} ", "Person@DEMO.example", adam.email.title(), "ADAM@demo.EXAMPLE"):
        answer = api.post(f"{AUTH}/register", json={**body, "email": email}, status=400)
        assert answer["code"] == "email_taken"
    assert login(api, email=EMAIL.upper())["access_token"]
    assert api.post(f"{AUTH}/password-reset/request", json={"email": "PERSON@demo.EXAMPLE"})
    assert [kind for kind, _payload in sent_messages(app, person.email)] == ["accounts.reset_password"]


@pytest.mark.parametrize("email", ["person+news@demo.example", "person@bücher.example", "per.son@demo.example"])
def test_similar_emails_are_different_identities(app: PortalFlask, api: Api, email: str) -> None:
    make_person(app)
    body = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    api.post(f"{AUTH}/register", json={**body, "email": email}, status=201)
    login(api, email=email, password=REGISTRATION["password"], status=401)


def test_international_email_is_one_identity_in_every_notation(app: PortalFlask, api: Api) -> None:
    body = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    api.post(f"{AUTH}/register", json={**body, "email": "person@bücher.example"}, status=201)
    for email in ("person@xn--bcher-kva.example", "PERSON@BÜCHER.example"):
        api.post(f"{AUTH}/register", json={**body, "email": email}, status=400)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1@evil.example"])
def test_links_do_not_depend_on_request_headers(app: PortalFlask, api: Api, host: str) -> None:
    make_person(app)
    headers = {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "Forwarded": f"host={host}", "Origin": host}
    api.post(f"{AUTH}/password-reset/request", json={"email": EMAIL}, headers=headers)
    assert payload_of(app, EMAIL, "accounts.reset_password")["url"].startswith("/password/reset?token=")
    refused = api.client.post(f"{AUTH}/password-reset/request", json={"email": EMAIL}, headers={"Host": host})
    assert refused.status_code == 400


def test_deleted_account_is_refused_at_once_and_at_every_step(app: PortalFlask, api: Api) -> None:
    person = make_person(app)
    totp = add_authenticator(app, person)
    pending = login(api, status=401)["session_token"]
    opened = send_second_factor(api, pending, authenticator_code(totp), refresh=True)
    waiting = login(api, status=401)["session_token"]
    code = api.post(f"{AUTH}/login/otp/request", json={"email": EMAIL})["session_token"]
    with app.app_context():
        db.session.execute(db.delete(Account).where(Account.id == person.id))
        db.session.commit()
    api.get("/api/v1/profile/me", headers=bearer(opened["access_token"]), status=401)
    api.get("/api/v1/profile/me", headers=bearer(opened["session_token"]), status=401)
    api.post(f"{AUTH}/refresh", json={"refresh_token": opened["refresh_token"]}, status=401)
    send_second_factor(api, waiting, authenticator_code(totp, 1), status=401)
    api.post(f"{AUTH}/login/otp/verify", json={"session_token": code, "code": "123456"}, status=401)


def test_form_of_a_previous_session_is_refused(app: PortalFlask, page: Page, alina: Account, bob: Account) -> None:
    """Refuse the form of an earlier session instead of acting for the present one, because a browser has one cookie."""
    page.sign_in(alina)
    form = page.get("/settings/account")
    stale = form.soup.select_one("main form [name=csrf_token]")
    assert stale is not None
    page.post("/logout")
    page.sign_in(bob)
    page.client.get("/home")
    old = {"csrf_token": stale["value"], "locale": "ru", "theme": "dark", "time_zone": ""}
    answer = page.client.post("/settings/account", data=old)
    assert answer.status_code == 400
    with app.app_context():
        assert db.session.get_one(Account, bob.id).locale is None


def test_form_submitted_after_signing_out_changes_nothing(page: Page, alina: Account) -> None:
    page.sign_in(alina)
    csrf = page.csrf()
    page.post("/logout")
    answer = page.client.post("/settings/account", data={**csrf, "locale": "ru"})
    assert answer.status_code == 401
    assert "Sign in in a new tab" in re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.mark.parametrize("size", [1025, 60_000])
def test_oversized_password_is_refused_before_hashing(app: PortalFlask, api: Api, page: Page, size: int) -> None:
    make_person(app)
    login(api, "x" * size, status=422)
    page.post("/login", {"email": EMAIL, "password": "x" * size}, status=422)


def test_password_of_a_megabyte_is_refused(api: Api) -> None:
    body = {"email": EMAIL, "password": "x" * 2**20}
    assert api.client.post(f"{AUTH}/login", json=body).status_code == 413


@pytest.mark.parametrize(
    "password", ["ключ от старого чердака", "  leading and trailing  ", "鍵は屋根裏の箱にある", "🔑 and 🎻 and 🐢"]
)
def test_password_may_contain_any_script_and_spaces(app: PortalFlask, api: Api, password: str) -> None:
    body = {**REGISTRATION, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    api.post(f"{AUTH}/register", json={**body, "password": password}, status=201)
    assert login(api, password, email=REGISTRATION["email"], status=401)["code"] == "not_verified"
    assert login(api, password.strip() + "!", email=REGISTRATION["email"], status=401)["code"] == "wrong_credentials"
