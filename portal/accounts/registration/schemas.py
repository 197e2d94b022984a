"""Shapes of the registration endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portal.accounts.models import NAME_MAX
from portal.accounts.registration.register import Registration
from portal.accounts.schemas import Address, NewPassword, TypedCode
from portal.api.schemas import Message, Query, Schema


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


class LinkQuery(Query):
    token: str = ""
