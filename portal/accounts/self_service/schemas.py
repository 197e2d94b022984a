"""Shapes of the endpoints of one's own account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from portal.accounts.schemas import Factor, NewPassword, SomeToken
from portal.api.schemas import Message, Schema


class ResetIn(Schema):
    token: SomeToken
    new_password: NewPassword


class PasswordIn(Schema):
    """``current_password`` may be left out by whoever has none."""

    current_password: Annotated[str, Field(max_length=1024)] = ""
    new_password: NewPassword
    refresh: bool = False


class FactorIn(Schema):
    """An authenticator is set up by its own two calls."""

    factor: Literal["none", "mail", "telegram"]


class SetupOut(Schema):
    """``secret`` is to be typed into an authenticator app, ``address`` is what its QR code says."""

    secret: str
    address: str


class RecoveryCodes(Schema):
    """Shown this once; each works once."""

    recovery_codes: list[str]


class SessionOut(Schema):
    """One sign-in. ``network`` is shortened, ``last_used_at`` is exact to five minutes."""

    id: uuid.UUID
    door: Literal["page", "api"]
    method: str
    device: str | None
    network: str | None
    created_at: datetime
    last_used_at: datetime
    is_current: bool


class Ended(Message):
    """How many sign-ins that ended."""

    ended: int


class AccountOut(Schema):
    """What the portal knows of the account itself; the profile is ``/profile/me``."""

    id: uuid.UUID
    email: str
    role: str
    locale: str | None
    theme: str | None
    time_zone: str | None
    has_password: bool
    second_factor: Factor
    has_telegram: bool
    recovery_codes_left: int
    awaited_email: str | None


class SettingsIn(Schema):
    """Absent leaves unchanged, null clears: then the browser or system decides."""

    locale: Literal["en", "ru"] | None = None
    theme: Literal["light", "dark"] | None = None
    time_zone: Annotated[str | None, Field(max_length=60)] = None


class WarningOut(Schema):
    id: uuid.UUID
    text: str
    created_at: datetime
