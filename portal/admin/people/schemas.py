"""Query arguments, bodies and answers of the JSON endpoints about people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from portal.accounts.models import EMAIL_MAX, REASON_MAX
from portal.admin.schemas import Search
from portal.api.schemas import PageQuery, Schema


class UserQuery(PageQuery):
    """``banned`` and ``verified`` filter only where they are given."""

    search: Search = None
    banned: bool | None = None
    verified: bool | None = None


class User(Schema):
    """A row of the people table."""

    id: str
    email: str
    first_name: str
    last_name: str
    graduation_year: str | None
    role: str
    location: str | None
    biography: str | None
    show_location: bool
    telegram_alias: str | None
    is_verified: bool
    is_banned: bool


class Address(Schema):
    """The email of the account that is meant."""

    email: Annotated[str, Field(max_length=EMAIL_MAX)]


class Verification(Address):
    """``role`` also changes the role of a person who is verified already."""

    role: Literal["alumni", "alumni_friend"] | None = None


class AddressMessage(Schema):
    """An acknowledgement in words, with the account's email."""

    message: str
    email: str


class VerificationMessage(AddressMessage):
    """An acknowledgement in words, with the account's email and its role now."""

    role: str


Reason = Annotated[str, Field(max_length=REASON_MAX)]


class Ban(Schema):
    """Why a person is banned, which they read, and when the ban ends."""

    reason: Reason = ""
    until: AwareDatetime | None = None


class WarningText(Schema):
    """What a person is warned about; they read it."""

    text: Reason


class SessionsEnded(Schema):
    """``ended`` is how many sign-ins there were."""

    message: str
    ended: int
