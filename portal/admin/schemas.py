"""Shapes of the office's JSON."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from portal.accounts.models import EMAIL_MAX, REASON_MAX
from portal.api.schemas import PageQuery, Schema

SEARCH_MAX = 100

SearchText = Annotated[str, Field(max_length=SEARCH_MAX)]
Search = Annotated[SearchText | None, BeforeValidator(lambda value: value or None)]


class UserQuery(PageQuery):
    """``banned`` and ``verified`` filter only where they are given."""

    search: Search = None
    banned: bool | None = None
    verified: bool | None = None


class EventQuery(PageQuery):
    search: Search = None


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
    email: Annotated[str, Field(max_length=EMAIL_MAX)]


class Verification(Address):
    """``role`` also changes the role of somebody who is verified already."""

    role: Literal["alumni", "alumni_friend"] | None = None


class AddressMessage(Schema):
    message: str
    email: str


class VerificationMessage(AddressMessage):
    role: str


Reason = Annotated[str, Field(max_length=REASON_MAX)]


class Ban(Schema):
    """Why somebody is shut out, which they read, and the moment from which they may come in again."""

    reason: Reason = ""
    until: AwareDatetime | None = None


class WarningText(Schema):
    """What somebody is asked to mind; they read it."""

    text: Reason


class UserSession(Schema):
    """One sign-in of somebody. ``network`` is shortened, ``last_used_at`` is exact to five minutes."""

    id: uuid.UUID
    door: Literal["page", "api"]
    method: str
    device: str | None
    network: str | None
    created_at: datetime
    last_used_at: datetime


class SessionsEnded(Schema):
    """``ended`` is how many sign-ins there were."""

    message: str
    ended: int


class OfficeEvent(Schema):
    """An event in any state; ``approved`` is null while it waits."""

    id: str
    owner_id: str
    participants_ids: list[str]
    title: str
    description: str
    location: str
    datetime: str
    cost: int
    is_online: bool
    approved: bool | None


class EventSettings(Schema):
    auto_approve: bool


class Uploaded(Schema):
    success: bool
    message: str
