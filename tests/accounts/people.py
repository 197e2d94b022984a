"""People with passwords, factors and chats, and what they do at the door."""

from __future__ import annotations

from typing import Any

import pyotp

from portal.accounts.authentication import totp
from portal.accounts.models import Account, ContactKind, ContactPoint
from portal.application import PortalFlask
from portal.core.security.passwords import hash_password
from portal.extensions import db
from tests.factories import make_account, save
from tests.support.clients import Api

PASSWORD = "correct horse battery"
EMAIL = "person@demo.example"


def make_person(app: PortalFlask, email: str = EMAIL, **values: Any) -> Account:
    """Somebody who can sign in with ``PASSWORD``."""
    with app.app_context():
        password_hash = hash_password(PASSWORD)
    return make_account(email, **{"password_hash": password_hash, **values})


def change(app: PortalFlask, account: Account, **values: Any) -> None:
    """Change columns behind the services' back."""
    with app.app_context():
        row = db.session.get_one(Account, account.id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def link_chat(account: Account, chat: str = "4242") -> None:
    save(ContactPoint(account_id=account.id, kind=ContactKind.TELEGRAM, value=chat))


def give_authenticator(app: PortalFlask, account: Account) -> pyotp.TOTP:
    """The account asks for an authenticator's number; this is the authenticator."""
    secret = pyotp.random_base32()
    with app.app_context():
        sealed = totp.encrypt_key(secret)
    change(app, account, second_factor="totp", totp_secret=sealed)
    return pyotp.TOTP(secret)


def login(api: Api, password: str = PASSWORD, *, email: str = EMAIL, status: int = 200, **more: Any) -> Any:
    body = {"email": email, "password": password, **more}
    return api.post("/api/v1/auth/login", json=body, status=status)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_in(api: Api, token: str) -> bool:
    """Does this token open one's own profile?"""
    response = api.client.get("/api/v1/profile/me", headers=bearer(token))
    assert response.status_code in {200, 401}
    return response.status_code == 200
