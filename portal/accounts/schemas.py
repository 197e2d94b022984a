"""Types and shapes that several account endpoints use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portal.accounts.models import EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.api.schemas import Schema

Email = Annotated[str, Field(min_length=3, max_length=EMAIL_MAX)]
TokenText = Annotated[str, Field(min_length=1, max_length=4096)]
TypedCode = Annotated[str, Field(min_length=6, max_length=40)]
TypedPassword = Annotated[str, Field(min_length=1, max_length=1024)]
NewPassword = Annotated[str, Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
Factor = Literal["none", "mail", "telegram", "totp"]


class AddressIn(Schema):
    """The email of an account."""

    email: Email


class LinkIn(Schema):
    """The token of an emailed link."""

    token: TokenText


class ConfirmIn(Schema):
    """The code that confirms a change."""

    code: TypedCode
