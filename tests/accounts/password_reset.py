"""Requesting and using a link that resets the password."""

from __future__ import annotations

from typing import Any

from portal.application import PortalFlask
from tests.accounts.people import EMAIL
from tests.accounts.sent_messages import payload_of
from tests.support.clients import Api

NEW_PASSWORD = "an entirely other phrase"


def reset_token(app: PortalFlask, api: Api, email: str = EMAIL) -> str:
    api.post("/api/v1/auth/password-reset/request", json={"email": email})
    return str(payload_of(app, email, "accounts.reset_password")["url"]).partition("token=")[2]


def reset_password(api: Api, token: str, new: str = NEW_PASSWORD, status: int = 200) -> Any:
    body = {"token": token, "new_password": new}
    return api.post("/api/v1/auth/password-reset/confirm", json=body, status=status)
