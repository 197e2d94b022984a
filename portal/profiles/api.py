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
    """Return the caller's own profile, including fields hidden from others; the photo is in base64."""
    return with_avatar(queries.own(current_actor()))


@blueprint.put("/profile/me")
@endpoint(MEMBER, body=ProfileIn, picture="avatar", answers={200: ProfileOut})
def update_own(body: ProfileIn) -> ProfileOut:
    """Change the caller's own profile and return it.

    Only the sent fields change: `null` or blank text clears a field, and a value sent back as it was read changes
    nothing. 422 names a field with an unusable value; a name cannot be cleared.
    """
    actor = current_actor()
    changes = parse_changes(body.model_dump(exclude_unset=True), queries.own(actor))
    return with_avatar(services.update_own(actor, changes))


@blueprint.get("/profile/")
@endpoint(MEMBER, query=BulkQuery, answers={200: list[ProfileOut]})
def bulk(query: BulkQuery) -> list[ProfileOut]:
    """Return the full profiles of the people with the given ids.

    Ids that are malformed, unknown or of people whom the caller may not see are left out. Fields hidden from the caller
    are `null`; a large photo comes as a smaller variant.
    """
    ids = [account_id for text in query.user_ids if (account_id := parse_id(text))]
    people = queries.people(current_actor(), ids, with_relationships=True)
    return [profile_out(person, small_avatar(person)) for person in people]


@blueprint.get("/profile/<uuid:account_id>")
@endpoint(MEMBER, answers={200: ProfileOut})
def read(account_id: uuid.UUID) -> ProfileOut:
    """Return the profile of one person; fields hidden from the caller are `null`.

    The alumni office gets hidden fields too, which is recorded so that the person can see it. 404 if there is nobody
    with this id whom the caller may see.
    """
    return with_avatar(office_access.read_profile(current_actor(), account_id))


@blueprint.get("/profile/<uuid:account_id>/avatar")
@endpoint(MEMBER, answers={200: AvatarOut, 304: None})
def avatar(account_id: uuid.UUID) -> Response:
    """Return the photo of one person in base64, or `null` without a photo.

    The response has an `ETag`: 304 if the client already has this photo. 404 if there is nobody with this id whom the
    caller may see.
    """
    return picture_answer("avatar", queries.avatar_of(current_actor(), account_id))


def with_avatar(person: Person) -> ProfileOut:
    """Return the JSON shape of a profile with the stored photo in base64, or without one if there is none."""
    return profile_out(person, to_base64(person.avatar) if person.avatar else None)


def small_avatar(person: Person) -> str | None:
    """Return a person's photo in base64: as stored up to ``SMALL_BYTES``, else its 320-pixel variant.

    It is ``None`` if the person has no photo or its file is lost.
    """
    if person.avatar is None:
        return None
    return to_base64(person.avatar, None if person.avatar.size <= SMALL_BYTES else LARGE_AVATAR_VARIANT)


def parse_id(text: str) -> uuid.UUID | None:
    """Return the UUID that ``text`` spells, or ``None`` if it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
