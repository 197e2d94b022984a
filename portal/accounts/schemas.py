"""Types and shapes that several account endpoints use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from portal.accounts.emails import clean
from portal.accounts.models import EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.api.schemas import Schema
from portal.core.security.passwords import normal_form

Email = Annotated[
    str,
    BeforeValidator(lambda typed: clean(typed) if isinstance(typed, str) else typed),
    Field(min_length=3, max_length=EMAIL_MAX),
]
TokenText = Annotated[str, Field(min_length=1, max_length=4096)]
TypedCode = Annotated[str, Field(min_length=6, max_length=40)]
TypedPassword = Annotated[str, Field(min_length=1, max_length=1024)]
NewPassword = Annotated[
    str,
    BeforeValidator(lambda typed: normal_form(typed) if isinstance(typed, str) else typed),
    Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX),
]
"""A password to choose; its length is that of its normal form."""
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
