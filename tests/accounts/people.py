"""People with passwords, second factors and chats, and what tests let them do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp

from portal.accounts.authentication import totp
from portal.accounts.emails import keyed_hash
from portal.accounts.models import Account, AllowedEmail, ContactKind, ContactPoint
from portal.application import PortalFlask
from portal.core.actor import system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.security.passwords import hash_password
from portal.extensions import db
from portal.settings import services as settings
from portal.settings.definitions import Setting
from tests.factories import make_account, save
from tests.support.clients import Api

PASSWORD = "correct horse battery"
EMAIL = "person@demo.example"
REGISTRATION: dict[str, str] = {
    "first_name": "Каміла",
    "last_name": "Müller-Łoś",
    "email": "kamila@demo.example",
    "password": "correct horse battery",
    "role": "alumni",
    "graduation_year": "2018",
    "telegram_alias": "",
    "privacy_version": "1",
}


def make_person(app: PortalFlask, email: str = EMAIL, **values: Any) -> Account:
    """Return an account that can sign in with ``PASSWORD``."""
    with app.app_context():
        password_hash = hash_password(PASSWORD)
    return make_account(email, **{"password_hash": password_hash, **values})


def change(app: PortalFlask, account: Account, **values: Any) -> None:
    """Change columns of an account without a service."""
    with app.app_context():
        row = db.session.get_one(Account, account.id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def link_chat(account: Account, chat: str = "4242") -> None:
    save(ContactPoint(account_id=account.id, kind=ContactKind.TELEGRAM, value=chat))


def add_authenticator(app: PortalFlask, account: Account) -> pyotp.TOTP:
    """Make an authenticator app the second factor of an account, and return it."""
    secret = pyotp.random_base32()
    with app.app_context():
        encrypted = totp.encrypt_key(secret)
    change(app, account, second_factor="totp", totp_secret=encrypted)
    return pyotp.TOTP(secret)


def login(api: Api, password: str = PASSWORD, *, email: str = EMAIL, status: int = 200, **more: Any) -> Any:
    body = {"email": email, "password": password, **more}
    return api.post("/api/v1/auth/login", json=body, status=status)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_accepted(api: Api, token: str) -> bool:
    """Return whether a token is accepted."""
    response = api.client.get("/api/v1/profile/me", headers=bearer(token))
    assert response.status_code in {200, 401}
    return response.status_code == 200


def add_to_allow_list(app: PortalFlask, email: str) -> None:
    with app.app_context():
        digest = keyed_hash(email)
    save(AllowedEmail(email_hash=digest))


def set_switch(app: PortalFlask, setting: Setting[bool], *, on: bool) -> None:
    """Change a setting of the office."""
    with app.app_context(), unit_of_work():
        settings.change(system_actor(), setting, on)


def decide(app: PortalFlask, decision: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call a service in its own transaction, and return its result."""
    with app.app_context(), unit_of_work():
        return decision(*arguments, **options)


def signed_in(app: PortalFlask, **options: Any) -> Api:
    """Return a client that carries the access token of a new session."""
    api = Api(app)
    api.headers = bearer(login(api, **options)["access_token"])
    return api
