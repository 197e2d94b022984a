"""Setting up an authenticator app and signing in with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp

from portal.core.clock import now
from tests.support.clients import Api

AUTHENTICATOR = "/api/v1/account/second-factor/authenticator"


def send_second_factor(
    api: Api, token: str, code: str, *, status: int = 200, path: str = "login-otp", **more: Any
) -> Any:
    return api.post(f"/api/v1/auth/{path}", json={"session_token": token, "code": code, **more}, status=status)


def authenticator_code(totp: pyotp.TOTP, offset: int = 0) -> str:
    return totp.at(now() + timedelta(seconds=30 * offset))


def set_up_authenticator(api: Api) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an authenticator app for the person who is signed in; return it and the recovery codes."""
    setup = api.post(AUTHENTICATOR)
    totp = pyotp.TOTP(setup["secret"])
    codes = api.post(f"{AUTHENTICATOR}/confirm", json={"code": authenticator_code(totp)})["recovery_codes"]
    return totp, codes
