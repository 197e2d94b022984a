"""Shapes of the account endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portal.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.accounts.services.registration import Registration
from portal.api.schemas import Message, Query, Schema

Address = Annotated[str, Field(min_length=3, max_length=EMAIL_MAX)]


class LoginIn(Schema):
    email: Address
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class Token(Schema):
    """An access token; it counts as long as its sign-in does, and authorises nothing by its content."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name


class RegistrationIn(Schema):
    first_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    last_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    email: Address
    password: Annotated[str, Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
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
    verification_code: Annotated[str, Field(min_length=6, max_length=20)]


class AddressIn(Schema):
    email: Address


class LinkQuery(Query):
    token: str = ""
