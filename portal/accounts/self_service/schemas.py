"""Shapes of the endpoints of one's own account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from portal.accounts.schemas import Factor, NewPassword, TokenText
from portal.api.schemas import Message, Schema
from portal.api.shapes.session import UserSession


class ResetIn(Schema):
    """The token of the emailed link, and the new password."""

    token: TokenText
    new_password: NewPassword


class PasswordIn(Schema):
    """A change of password; ``current_password`` may be left out for an account that has none.

    ``refresh`` as in signing in by password.
    """

    current_password: Annotated[str, Field(max_length=1024)] = ""
    new_password: NewPassword
    refresh: bool = False


class FactorIn(Schema):
    """The second factor to use; an authenticator app is set up by its own two endpoints."""

    factor: Literal["none", "mail", "telegram"]


class SetupOut(Schema):
    """``secret`` is the key to type into an authenticator app, ``address`` the URI for its QR code."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    key: str = Field(alias="secret")
    uri: str = Field(alias="address")


class RecoveryCodes(Schema):
    """Recovery codes, each of which works once; they are shown only in this response."""

    recovery_codes: list[str]


class SessionOut(UserSession):
    """One session; ``is_current`` marks the one of the caller."""

    is_current: bool


class Ended(Message):
    """How many sessions were ended."""

    ended: int


class AccountOut(Schema):
    """The account with its settings; what the person shows to others is in ``/profile/me``."""

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
    """Settings to change: an absent one stays, null leaves the choice to the browser or system."""

    locale: Literal["en", "ru"] | None = None
    theme: Literal["light", "dark"] | None = None
    time_zone: Annotated[str | None, Field(max_length=60)] = None


class WarningOut(Schema):
    """A warning by the alumni office."""

    id: uuid.UUID
    text: str
    created_at: datetime
