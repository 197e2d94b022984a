"""JSON schemas of the registration endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portal.accounts.models import NAME_MAX
from portal.accounts.registration.browser_binding import Registration
from portal.accounts.schemas import Email, NewPassword, TypedCode
from portal.api.schemas import Message, Query, Schema


class RegistrationIn(Schema):
    """The values that a person enters to register.

    `graduation_year` is required of graduates and ignored for an alumni friend. With `manual_verification`, the office
    verifies the person even if they are on the allow list.
    """

    first_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    last_name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    email: Email
    password: NewPassword
    role: Literal["alumni", "alumni_friend"] = "alumni"
    graduation_year: Annotated[str | None, Field(pattern=r"^[0-9]{4}$")] = None
    telegram_alias: str | None = None
    manual_verification: bool = False

    def registration(self, locale: str) -> Registration:
        """Return these values as the argument of the service; ``locale`` is the language of messages to the person.

        An alumni friend has no graduation year, and an empty Telegram alias is ``None``.
        """
        is_friend = self.role == "alumni_friend"
        return Registration(
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            password=self.password,
            locale=locale,
            role=self.role,
            graduation_year=int(self.graduation_year) if self.graduation_year and not is_friend else None,
            telegram_alias=self.telegram_alias or None,
            manual_verification=self.manual_verification,
        )


class Registered(Message):
    """The confirmation; ``message`` contains the word "manual" exactly when the office has to verify the person."""

    email: str


class CodeIn(Schema):
    """An email and the code that was sent to it."""

    email: Email
    verification_code: TypedCode


class LinkQuery(Query):
    """The token of an emailed link."""

    token: str = ""
