"""Shapes of the account endpoints."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from portal.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.accounts.registration.services import Registration
from portal.api.schemas import Message, Problem, Query, Schema

Address = Annotated[str, Field(min_length=3, max_length=EMAIL_MAX)]
SomeToken = Annotated[str, Field(min_length=1, max_length=4096)]
TypedCode = Annotated[str, Field(min_length=6, max_length=40)]
TypedPassword = Annotated[str, Field(min_length=1, max_length=1024)]
NewPassword = Annotated[str, Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
Factor = Literal["none", "mail", "telegram", "totp"]


class LoginIn(Schema):
    """``refresh`` asks for a short access token, a session token and a refresh token."""

    email: Address
    password: TypedPassword
    refresh: bool = False


class Token(Schema):
    """An access token; it counts as long as its sign-in does, and authorises nothing by its content.

    The rest is there for a sign-in that asked for refreshing: ``expires_in`` is the access token's life in seconds,
    ``session_token`` is accepted as bearer and in ``X-Session-Token``, ``refresh_token`` is exchanged once.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int | None = None
    session_token: str | None = None
    refresh_token: str | None = None
    session_id: str | None = None

    @model_serializer(mode="wrap")
    def without_blanks(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What the existing clients do not know is not sent to them."""
        return {name: value for name, value in whole(self).items() if value is not None}


class SecondStepProblem(Problem):
    """With the code ``otp_required`` the first proof was right, and ``session_token`` opens only the second step."""

    session_token: str | None = None
    factor: Factor | None = None


class RegistrationIn(Schema):
    first_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    last_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    email: Address
    password: NewPassword
    role: Literal["alumni", "alumni_friend"] = "alumni"
    graduation_year: Annotated[str | None, Field(pattern=r"^[0-9]{4}$")] = None
    telegram_alias: str | None = None
    manual_verification: bool = False

    def registration(self) -> Registration:
        """The same for the service."""
        is_friend = self.role == "alumni_friend"
        return Registration(
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            password=self.password,
            role=self.role,
            graduation_year=int(self.graduation_year) if self.graduation_year and not is_friend else None,
            telegram_alias=self.telegram_alias or None,
            wants_office=self.manual_verification,
        )


class Registered(Message):
    """``message`` contains the word "manual" exactly when the office has to verify the person."""

    email: str


class CodeIn(Schema):
    email: Address
    verification_code: TypedCode


class AddressIn(Schema):
    email: Address


class LinkQuery(Query):
    token: str = ""


class LinkIn(Schema):
    token: SomeToken


class CodeRequested(Message):
    """``session_token`` goes back together with the code; for an address without an account it never works."""

    session_token: str


class CodeSignInIn(Schema):
    session_token: SomeToken
    code: TypedCode
    refresh: bool = False


class SecondStepIn(CodeSignInIn):
    """``code`` is the one that was sent, the authenticator's number, or a recovery code."""


class PendingIn(Schema):
    session_token: SomeToken


class RefreshIn(Schema):
    refresh_token: SomeToken


class ResetIn(Schema):
    token: SomeToken
    new_password: NewPassword


class AdministratorIn(Schema):
    email: Address
    password: TypedPassword


class PasswordIn(Schema):
    """``current_password`` may be left out by whoever has none."""

    current_password: Annotated[str, Field(max_length=1024)] = ""
    new_password: NewPassword
    refresh: bool = False


class ProofIn(Schema):
    """Either one's password, or a code: mailed, or the authenticator's."""

    password: TypedPassword | None = None
    code: TypedCode | None = None


class ConfirmIn(Schema):
    code: TypedCode


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
