"""Follows as JSON, for the existing clients."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint

from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, PageQuery, envelope
from portal.core.access import MEMBER, current_actor
from portal.follows import queries, services
from portal.follows.queries import FollowList
from portal.follows.schemas import FollowState, TiedPersonOut
from portal.profiles import queries as profiles
from portal.profiles.relationships import NO_RELATIONSHIPS

blueprint = Blueprint("follows_api", __name__)


@blueprint.get("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def read(account_id: uuid.UUID) -> FollowState:
    """Return whether the caller follows the person; 404 for a person whom the caller may not see."""
    relationships = profiles.find(current_actor(), account_id).relationships or NO_RELATIONSHIPS
    return FollowState(user_id=str(account_id), is_following=relationships.is_following)


@blueprint.post("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def follow(account_id: uuid.UUID) -> FollowState:
    """Follow a person, who is notified; repeating it changes nothing.

    400 for oneself, 403 for staff of the alumni office, 404 for a person who is not listed.
    """
    services.follow(current_actor(), account_id)
    return FollowState(user_id=str(account_id), is_following=True)


@blueprint.delete("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def unfollow(account_id: uuid.UUID) -> FollowState:
    """Stop following a person; repeating it changes nothing.

    400 for oneself, 403 for staff of the alumni office, 404 for a person who is not listed.
    """
    services.unfollow(current_actor(), account_id)
    return FollowState(user_id=str(account_id), is_following=False)


@blueprint.get("/profile/<uuid:account_id>/followers")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[TiedPersonOut]})
def list_followers(account_id: uuid.UUID, query: PageQuery) -> dict[str, Any]:
    """List the people who follow the person, latest follow first; 404 for a person whom the caller may not see."""
    return list_page(account_id, FollowList.FOLLOWERS, query)


@blueprint.get("/profile/<uuid:account_id>/following")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[TiedPersonOut]})
def list_following(account_id: uuid.UUID, query: PageQuery) -> dict[str, Any]:
    """List the people whom the person follows, latest follow first; 404 for a person whom the caller may not see."""
    return list_page(account_id, FollowList.FOLLOWING, query)


def list_page(account_id: uuid.UUID, follow_list: FollowList, query: PageQuery) -> dict[str, Any]:
    """Return one page of a person's followers or of the people whom they follow.

    Raise ``NotFound`` for a person whom the caller may not see, ``Invalid`` for a cursor that is not of this list.
    """
    actor = current_actor()
    person = profiles.find(actor, account_id)
    return envelope(queries.legacy_page(actor, person.id, follow_list, cursor=query.cursor, limit=query.limit))
