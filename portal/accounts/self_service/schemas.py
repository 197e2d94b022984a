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

    ``refresh``: the client will refresh the tokens of the new session, and gets a refresh token.
    """

    current_password: Annotated[str, Field(max_length=1024)] = ""
    new_password: NewPassword
    refresh: bool = False


class FactorIn(Schema):
    """The second factor to use; an authenticator app is set up by its own two endpoints."""

    factor: Literal["none", "mail", "telegram"]


class SetupOut(Schema):
    """The key of an authenticator app: ``secret`` to type it, ``address`` as the ``otpauth:`` URI for a QR code."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    key: str = Field(alias="secret")
    uri: str = Field(alias="address")


class RecoveryCodes(Schema):
    """Recovery codes, each of which works once; they are shown only in this response."""

    recovery_codes: list[str]


class SessionOut(UserSession):
    """One session of the account; ``is_current`` is true for the session of the caller."""

    is_current: bool


class Ended(Message):
    """A message, and the number of sessions that were ended."""

    ended: int


class AccountOut(Schema):
    """The account of the caller with its settings; what they show to others is in ``/profile/me``.

    ``awaited_email`` is a new email whose code has not been confirmed yet, ``recovery_codes_left`` the number of unused
    recovery codes, 0 without an authenticator app.
    """

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
    """Settings to change: an absent one stays as it is, null leaves the choice to the browser or system."""

    locale: Literal["en", "ru"] | None = None
    theme: Literal["light", "dark"] | None = None
    time_zone: Annotated[str | None, Field(max_length=60)] = None


class WarningOut(Schema):
    """A warning by the alumni office to the caller."""

    id: uuid.UUID
    text: str
    created_at: datetime
