"""Query arguments, bodies and answers of the JSON endpoints about people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from portal.accounts.models import EMAIL_MAX, REASON_MAX
from portal.admin.schemas import Search
from portal.api.schemas import PageQuery, Schema
from portal.api.shapes.person import LastName


class UserQuery(PageQuery):
    """Query arguments of the list of accounts; ``banned`` and ``verified`` filter only where they are given."""

    search: Search = None
    banned: bool | None = None
    verified: bool | None = None


class User(Schema):
    """An account in the lists of the alumni office."""

    id: str
    email: str
    first_name: str
    last_name: LastName
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool
    telegram_alias: str | None
    is_verified: bool
    is_banned: bool


class Address(Schema):
    """The email of the account that a request is about."""

    email: Annotated[str, Field(max_length=EMAIL_MAX)]


class Verification(Address):
    """The email of a person to verify; ``role``, where given, becomes their role, even if they are verified already."""

    role: Literal["alumni", "alumni_friend"] | None = None


class AddressMessage(Schema):
    """An acknowledgement in words, with the account's email."""

    message: str
    email: str


class VerificationMessage(AddressMessage):
    """An acknowledgement in words, with the account's email and its role after the change."""

    role: str


Reason = Annotated[str, Field(max_length=REASON_MAX)]


class Ban(Schema):
    """The reason for a ban, which the person reads, and the moment when it ends: never if ``until`` is null."""

    reason: Reason = ""
    until: AwareDatetime | None = None


class WarningText(Schema):
    """The text of a warning, which the person reads."""

    text: Reason


class SessionsEnded(Schema):
    """An acknowledgement in words; ``ended`` is the number of sessions that were ended."""

    message: str
    ended: int
