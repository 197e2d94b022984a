"""Follows as JSON."""

from __future__ import annotations

import uuid

from flask import Blueprint

from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, PageQuery
from portal.core.access import MEMBER, current_actor
from portal.follows import queries, services
from portal.follows.queries import Side
from portal.follows.schemas import FollowState, TiedPersonOut
from portal.profiles import queries as profiles
from portal.profiles.relationships import UNTIED

blueprint = Blueprint("follows_api", __name__)


@blueprint.get("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def read(account_id: uuid.UUID) -> FollowState:
    """Whether the caller follows the person."""
    ties = profiles.find(current_actor(), account_id).ties or UNTIED
    return FollowState(user_id=str(account_id), is_following=ties.is_following)


@blueprint.post("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def follow(account_id: uuid.UUID) -> FollowState:
    """Follow a person; doing so twice changes nothing."""
    services.follow(current_actor(), account_id)
    return FollowState(user_id=str(account_id), is_following=True)


@blueprint.delete("/profile/<uuid:account_id>/follow")
@endpoint(MEMBER, answers={200: FollowState})
def unfollow(account_id: uuid.UUID) -> FollowState:
    """Follow a person no longer; doing so twice changes nothing."""
    services.unfollow(current_actor(), account_id)
    return FollowState(user_id=str(account_id), is_following=False)


@blueprint.get("/profile/<uuid:account_id>/followers")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[TiedPersonOut]})
def list_followers(account_id: uuid.UUID, query: PageQuery) -> Envelope[TiedPersonOut]:
    """Who follows the person, the latest first."""
    return listed(account_id, Side.FOLLOWERS, query)


@blueprint.get("/profile/<uuid:account_id>/following")
@endpoint(MEMBER, query=PageQuery, answers={200: Envelope[TiedPersonOut]})
def list_following(account_id: uuid.UUID, query: PageQuery) -> Envelope[TiedPersonOut]:
    """Whom the person follows, the latest first."""
    return listed(account_id, Side.FOLLOWING, query)


def listed(account_id: uuid.UUID, side: Side, query: PageQuery) -> Envelope[TiedPersonOut]:
    actor = current_actor()
    person = profiles.find(actor, account_id)
    page = queries.page(actor, person.id, side, cursor=query.cursor, limit=query.limit)
    return Envelope[TiedPersonOut].of(page.map(TiedPersonOut.of))
