"""Profiles as JSON, for the existing clients."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response

from portal.api.endpoint import endpoint
from portal.core.access import MEMBER, current_actor
from portal.files.responses import picture_answer
from portal.files.services import SMALL_BYTES, to_base64
from portal.profiles import office_access, queries, services
from portal.profiles.legacy_adapter import parse_changes
from portal.profiles.legacy_serializers import profile_out
from portal.profiles.schemas import AvatarOut, BulkQuery, ProfileIn, ProfileOut
from portal.profiles.visibility import LARGE_AVATAR_VARIANT, Person

blueprint = Blueprint("profiles_api", __name__)


@blueprint.get("/profile/me")
@endpoint(MEMBER, answers={200: ProfileOut})
def read_own() -> ProfileOut:
    """Return the caller's own profile."""
    return with_avatar(queries.own(current_actor()))


@blueprint.put("/profile/me")
@endpoint(MEMBER, body=ProfileIn, picture="avatar", answers={200: ProfileOut})
def update_own(body: ProfileIn) -> ProfileOut:
    """Change the caller's own profile. Sending back what GET gave changes nothing; `null` clears a field."""
    actor = current_actor()
    changes = parse_changes(body.model_dump(exclude_unset=True), queries.own(actor))
    return with_avatar(services.update_own(actor, changes))


@blueprint.get("/profile/")
@endpoint(MEMBER, query=BulkQuery, answers={200: list[ProfileOut]})
def bulk(query: BulkQuery) -> list[ProfileOut]:
    """Return whole profiles of many people by id; large photos come as a smaller variant."""
    ids = [account_id for text in query.user_ids if (account_id := parse_id(text))]
    people = queries.people(current_actor(), ids, with_relationships=True)
    return [profile_out(person, small_avatar(person)) for person in people]


@blueprint.get("/profile/<uuid:account_id>")
@endpoint(MEMBER, answers={200: ProfileOut})
def read(account_id: uuid.UUID) -> ProfileOut:
    """Return one person's profile, as far as the caller may see it; what the office sees is recorded for them."""
    return with_avatar(office_access.read_profile(current_actor(), account_id))


@blueprint.get("/profile/<uuid:account_id>/avatar")
@endpoint(MEMBER, answers={200: AvatarOut, 304: None})
def avatar(account_id: uuid.UUID) -> Response:
    """Return one person's photo in base64, or null; with an `ETag`."""
    return picture_answer("avatar", queries.avatar_of(current_actor(), account_id))


def with_avatar(person: Person) -> ProfileOut:
    """Return the profile with the photo as it is stored."""
    return profile_out(person, to_base64(person.avatar) if person.avatar else None)


def small_avatar(person: Person) -> str | None:
    """Return the photo in base64, a smaller variant where the stored one is large."""
    if person.avatar is None:
        return None
    return to_base64(person.avatar, None if person.avatar.size <= SMALL_BYTES else LARGE_AVATAR_VARIANT)


def parse_id(text: str) -> uuid.UUID | None:
    """Return the id, or ``None`` for text that is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
