"""Profiles as JSON."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response

from portal.api.endpoint import endpoint
from portal.core.access import MEMBER, current_actor
from portal.files.queries import SMALL_BYTES, base64_of
from portal.files.responses import picture_answer
from portal.profiles import lookups, queries, services
from portal.profiles.legacy_adapter import parse_changes
from portal.profiles.legacy_serializers import profile_out
from portal.profiles.schemas import AvatarOut, BulkQuery, ProfileIn, ProfileOut
from portal.profiles.visibility import LARGE_AVATAR_VARIANT, Person

blueprint = Blueprint("profiles_api", __name__)


@blueprint.get("/profile/me")
@endpoint(MEMBER, answers={200: ProfileOut})
def read_own() -> ProfileOut:
    """The caller's own profile."""
    return whole(queries.own(current_actor()))


@blueprint.put("/profile/me")
@endpoint(MEMBER, body=ProfileIn, picture="avatar", answers={200: ProfileOut})
def update_own(body: ProfileIn) -> ProfileOut:
    """Change the caller's own profile. Sending back what GET gave changes nothing; `null` clears a field."""
    actor = current_actor()
    changes = parse_changes(body.model_dump(exclude_unset=True), queries.own(actor))
    return whole(services.update_own(actor, changes))


@blueprint.get("/profile/")
@endpoint(MEMBER, query=BulkQuery, answers={200: list[ProfileOut]})
def bulk(query: BulkQuery) -> list[ProfileOut]:
    """Whole profiles of many people by id, in one answer; large pictures come as a small variant."""
    wanted = [known for text in query.user_ids if (known := parsed(text))]
    found = queries.people(current_actor(), wanted, with_ties=True)
    return [profile_out(person, small_avatar(person)) for person in found]


@blueprint.get("/profile/<uuid:account_id>")
@endpoint(MEMBER, answers={200: ProfileOut})
def read(account_id: uuid.UUID) -> ProfileOut:
    """One person's profile, as far as they let the caller see it; what the alumni office sees is noted for them."""
    return whole(lookups.look_up(current_actor(), account_id))


@blueprint.get("/profile/<uuid:account_id>/avatar")
@endpoint(MEMBER, answers={200: AvatarOut, 304: None})
def avatar(account_id: uuid.UUID) -> Response:
    """One person's picture in base64, or null; with an `ETag`."""
    return picture_answer("avatar", queries.avatar_of(current_actor(), account_id))


def whole(person: Person) -> ProfileOut:
    """With the picture as it is kept."""
    return profile_out(person, base64_of(person.avatar) if person.avatar else None)


def small_avatar(person: Person) -> str | None:
    if person.avatar is None:
        return None
    return base64_of(person.avatar, None if person.avatar.size <= SMALL_BYTES else LARGE_AVATAR_VARIANT)


def parsed(text: str) -> uuid.UUID | None:
    """An id, or nothing for rubbish among good ids."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
